// SPDX-License-Identifier: MIT
// What a family makes of the entry `f` of a source.
#pragma once

#include "ke-build/base/text.h"
#include "ke-build/search/templates/pipeline.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

#include <map>

namespace ke {

inline bool recognised(const std::string& family, const std::string& source, RewriteRules rules = {}) {
  return !template_candidates(source, "f", rules, family).empty();
}

/// The family's first candidate; fails the test when there is none.
inline std::string made_by(const std::string& family, const std::string& source, RewriteRules rules = {}) {
  const std::vector<TemplateCandidate> made = template_candidates(source, "f", rules, family);
  if (!made.empty()) return made.front().source;
  ADD_FAILURE() << family << " does not recognise\n" << source;
  return source;
}

enum class Machines { every, this_one };
struct Sample {
  std::string source, driver;
  RewriteRules rules = {};
  Machines machines = Machines::every;
};

/// The kernel's text and what stands behind it. Includes go with the rest: sources that share a kernel differ
/// in them.
struct KernelAndEntry {
  std::string kernel, entry;
};
inline KernelAndEntry split_behind_kernel(const std::string& made) {
  KernelAndEntry parts;
  bool behind = false;
  for (const std::string& line : split(made, '\n')) {
    const bool entry = !line.empty() && std::isalpha(line[0]) && line.find(" f(") != std::string::npos;
    behind = behind || entry || line == "KE_CLONES" || starts_with(line, "// True when [a, a_end)");
    if (!line.empty()) (behind || starts_with(line, "#include") ? parts.entry : parts.kernel) += line + "\n";
  }
  return parts;
}

/// As this machine runs them, and as narrower ones do: level 0, 1 (AVX2) and 2 (AVX-512), one after the other
/// in one program. Kernels of the same text are compiled once. Each text of a large kernel is tried optimised
/// with one source at least; kUnoptimised is for others, which differ in what surrounds the kernel.
inline void expect_same_on_every_machine(const std::string& family, const std::vector<Sample>& samples,
                                         const std::string& flags = {}) {
  std::string original, driver;
  std::string rewritten =
      "#define KE_LEVELS\nstatic int ke_machine;\nstatic inline int ke_level(void) { return ke_machine; }\n";
  std::map<std::string, std::string> kernels;  // text and namespace
  for (const Sample& sample : samples) {
    const std::string number = std::to_string(&sample - samples.data()), name = "sample_" + number;
    const KernelAndEntry made = split_behind_kernel(made_by(family, sample.source, sample.rules));
    const auto [kernel, fresh] = kernels.try_emplace(made.kernel, "kernel_" + number);
    if (fresh) rewritten += "namespace " + kernel->second + " {\n" + made.kernel + "}\n";
    original += "namespace " + name + " {\n" + sample.source + "\n}\n";
    rewritten += "namespace " + name + " {\nusing namespace " + kernel->second + ";\n" + made.entry + "}\n";
    driver += sample.machines == Machines::every ? "" : "if (ke_each == ke_widest) ";
    driver += "{\nnamespace original = ::original::" + name +
              ";\nnamespace rewritten = ::rewritten::" + name + ";\n" + sample.driver + "\n}\n";
  }
  const std::string levels =
      "const int ke_widest = __builtin_cpu_supports(\"avx512vl\") ? 2 : __builtin_cpu_supports(\"avx2\") ? 1 "
      ": 0;\n"
      "for (int ke_each = 0; ke_each <= ke_widest; ++ke_each) {\nrewritten::ke_machine = ke_each;\n" +
      driver + "\n}";
  EXPECT_EQ(differences({original, rewritten, levels, true, flags}), "") << original;
}

inline void expect_same_on_every_machine(const std::string& family, const std::string& source,
                                         const std::string& driver, const std::string& flags = {}) {
  expect_same_on_every_machine(family, {{source, driver}}, flags);
}

inline void expect_same(const std::string& family, const std::string& source, const std::string& driver,
                        RewriteRules rules = {}, const std::string& flags = {}) {
  EXPECT_EQ(differences({source, made_by(family, source, rules), driver, true, flags}), "") << source;
}

}  // namespace ke
