// SPDX-License-Identifier: MIT
#include "tests/unit/rewrites/trial.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Each side is a namespace of its own; the macros of one must not leak into the other.
std::string program_text(const Trial& trial) {
  return "#include \"trial_support.h\"\nnamespace original {\n" + trial.original +
         "\n}\n#undef KE_CLONES\nnamespace rewritten {\n" + trial.rewritten + "\n}\nint main() {\n" +
         trial.driver + "\n}\n";
}

// GCC 12 crashes on headers that were precompiled at another level of optimisation.
std::string headers_for(const Trial& trial) {
  const std::string folder = KE_TRIAL_HEADERS;
  if (!trial.sanitize) return folder;
  if (trial.flags == kUnoptimised) return folder + "/unoptimised";
  return trial.flags.empty() || starts_with(trial.flags, "-D") ? folder + "/sanitized" : folder;
}

}  // namespace

std::string differences(const Trial& trial) {
  auto folder = TempDir::make("rewrite-trial");
  if (!folder) return folder.error().message;
  const std::string source = join(folder->path(), "trial.cpp"), program = join(folder->path(), "trial");
  if (auto written = write_file(source, program_text(trial)); !written) return written.error().message;
  Command compile;
  compile.argv = {"g++", "-I" + headers_for(trial), source, "-o", program};
  for (const std::string& flags :
       {std::string(KE_TRIAL_FLAGS), std::string(trial.sanitize ? KE_TRIAL_SANITIZERS : ""), trial.flags})
    for (const std::string& flag : split_command(flags)) compile.argv.push_back(flag);
  compile.timeout_s = 110;
  auto compiled = run(compile);
  if (!compiled) return compiled.error().message;
  if (!compiled->succeeded()) return "does not compile:\n" + compiled->err + trial.rewritten;
  Command execute;
  execute.argv = {program};
  execute.environment = {{"ASAN_OPTIONS", "detect_leaks=0"}};
  auto ran = run(execute);
  if (!ran) return ran.error().message;
  std::string out = ran->out;
  if (!ran->succeeded()) out += "the program failed:\n" + ran->err;
  return out.empty() ? "" : out + "\n" + trial.rewritten;
}

std::string rewritten_by(const char* name, const std::string& source, int value, RewriteRules rules) {
  const Rewrite* rewrite = find_rewrite(name);
  auto unit = read_unit(source, "f", rules.headers);
  if (!rewrite || !unit) {
    ADD_FAILURE() << name << (rewrite ? ": the source has no readable function f" : ": no such rewrite");
    return source;
  }
  auto made = rewrite->apply(*unit, rules, value);
  if (made.empty()) {
    ADD_FAILURE() << name << " does not apply to\n" << source;
    return source;
  }
  return made[0].source;
}

size_t results_of(const char* name, const std::string& source, int value, RewriteRules rules) {
  const Rewrite* rewrite = find_rewrite(name);
  auto unit = read_unit(source, "f", rules.headers);
  return rewrite && unit ? rewrite->apply(*unit, rules, value).size() : 0;
}

}  // namespace ke
