// SPDX-License-Identifier: MIT
#include "tests/unit/rewrites/trial.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Shared by all drivers: awkward sizes, reproducible values with NaN and Inf on request, bitwise or tolerant
// comparison.
constexpr const char* kSupport = R"(
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <stdlib.h>
#include <thread>
#include <type_traits>
#include <vector>
static unsigned state = 1;
static float value() { state = state * 1664525u + 1013904223u; return static_cast<float>(state >> 8) / (1 << 23) - 1.0f; }
static std::vector<float> values(long n, int special = 0) {
  std::vector<float> v(n);
  for (float& x : v) x = value();
  if (special && n > 0) v[n / 2] = special == 1 ? NAN : INFINITY;
  if (special == 3 && n > 0) v[0] = NAN;
  return v;
}
static bool near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= 1e-4 * (1 + std::fabs(a));
}
template <class V> static void compare(const char* what, long n, const V& a, const V& b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (!near(a[i], b[i])) { std::printf("%s n=%ld: [%zu] is %g, expected %g\n", what, n, i, double(b[i]), double(a[i])); return; }
}
static const long sizes[] = {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 67, 97, 128, 130};
)";

}  // namespace

std::string differences(const Trial& trial) {
  auto folder = TempDir::make("rewrite-trial");
  if (!folder) return folder.error().message;
  const std::string source = join(folder->path(), "trial.cpp"), program = join(folder->path(), "trial");
  // Each side is a namespace of its own; the macros of one must not leak into the other.
  std::string text = kSupport;
  text += "namespace original {\n" + trial.original + "\n}\n#undef KE_CLONES\nnamespace rewritten {\n" +
          trial.rewritten + "\n}\nint main() {\n" + trial.driver + "\n}\n";
  if (auto written = write_file(source, text); !written) return written.error().message;
  Command compile;
  compile.argv = {"g++", "-std=c++17", "-O1", "-w", source, "-o", program};
  if (trial.sanitize)
    compile.argv.insert(compile.argv.end(), {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"});
  for (const std::string& flag : split_command(trial.flags)) compile.argv.push_back(flag);
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
