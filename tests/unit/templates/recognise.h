// SPDX-License-Identifier: MIT
// What a family makes of the entry `f` of a source.
#pragma once

#include "ke-build/search/templates/pipeline.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

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

/// As this machine runs it, and as narrower ones do: level 0, 1 (AVX2) and 2 (AVX-512), one after the other
/// in one program.
inline void expect_same_on_every_machine(const std::string& family, const std::string& source,
                                         const std::string& driver) {
  const std::string made =
      "static int ke_machine;\nstatic inline int ke_level(void) { return ke_machine; }\n" +
      made_by(family, source);
  const std::string levels =
      "const int ke_widest = __builtin_cpu_supports(\"avx512vl\") ? 2 : __builtin_cpu_supports(\"avx2\") ? 1 "
      ": 0;\n"
      "for (int ke_each = 0; ke_each <= ke_widest; ++ke_each) {\nrewritten::ke_machine = ke_each;\n" +
      driver + "\n}";
  EXPECT_EQ(differences({source, made, levels, true, "-DKE_LEVELS"}), "") << source;
}

inline void expect_same(const std::string& family, const std::string& source, const std::string& driver,
                        RewriteRules rules = {}) {
  EXPECT_EQ(differences({source, made_by(family, source, rules), driver}), "") << source;
}

}  // namespace ke
