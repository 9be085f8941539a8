// SPDX-License-Identifier: MIT
// Instructions that a source uses by attributes against those that it asks the processor for.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/source_remarks.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace ke {
namespace {

/// Levels of the x86-64 ABI; AVX alone lies between the second and the third.
struct Extension {
  const char* name;
  int level;
};
constexpr Extension kExtensions[] = {
    {"sse3", 2},      {"ssse3", 2},    {"sse4", 2},     {"sse4.1", 2},   {"sse4.2", 2},    {"popcnt", 2},
    {"cx16", 2},      {"sahf", 2},     {"avx", 3},      {"xsave", 3},    {"avx2", 4},      {"fma", 4},
    {"bmi", 4},       {"bmi2", 4},     {"f16c", 4},     {"lzcnt", 4},    {"movbe", 4},     {"avx512f", 5},
    {"avx512bw", 5},  {"avx512cd", 5}, {"avx512dq", 5}, {"avx512vl", 5}, {"x86-64-v2", 2}, {"x86-64-v3", 4},
    {"x86-64-v4", 5}, {"evex512", 5}};
/// Processors of which a compiler uses no more by itself than the level has.
constexpr Extension kProcessors[] = {{"nehalem", 2},       {"sandybridge", 3}, {"haswell", 4},
                                     {"broadwell", 4},     {"skylake", 4},     {"znver1", 4},
                                     {"skylake-avx512", 5}};
constexpr const char* kPlain[] = {"mmx", "sse", "sse2", "fxsr", "x86-64"};

int level_of(std::string_view name) {
  for (const Extension& extension : kExtensions)
    if (name == extension.name) return extension.level;
  for (const Extension& processor : kProcessors)
    if (name == processor.name) return processor.level;
  return 0;
}

/// The names in the texts behind the bracket at `open`: `("avx2,fma", "bmi")`, `arch=` taken off.
std::set<std::string> names_behind(const TokenList& list, size_t open) {
  std::set<std::string> names;
  for (size_t i = open + 1; i < list.tokens.size() && list.text_of(i) != ")"; ++i) {
    if (list.tokens[i].kind != Token::Kind::text) continue;
    const std::string_view text = list.text_of(i);
    for (const std::string& part :
         split(std::string(text.substr(1, text.size() < 2 ? 0 : text.size() - 2)), ',')) {
      const std::string name = trim(part);
      names.insert(starts_with(name, "arch=") ? name.substr(5) : name);
    }
  }
  return names;
}

bool is_extension(const std::string& name) {
  const bool other = starts_with(name, "no-") || name.find('=') != std::string::npos || name == "default" ||
                     name == "general-regs-only" || starts_with(name, "prefer-vector-width");
  return !other && std::find(std::begin(kPlain), std::end(kPlain), name) == std::end(kPlain);
}

}  // namespace

void remark_extensions(const TokenList& list, Remarks& remarks) {
  std::set<std::string> used, asked;
  for (size_t i = 0; i + 1 < list.tokens.size(); ++i) {
    const std::string_view word = list.text_of(i);
    if (list.tokens[i].kind != Token::Kind::identifier || list.text_of(i + 1) != "(") continue;
    if (word == "target" || word == "__target__") used.merge(names_behind(list, i + 1));
    if (word == "__builtin_cpu_supports" || word == "__builtin_cpu_is")
      asked.merge(names_behind(list, i + 1));
  }
  int most = 0;
  for (const std::string& name : asked) most = std::max(most, level_of(name));
  for (const std::string& name : used) {
    if (!is_extension(name) || asked.contains(name) || (level_of(name) > 0 && level_of(name) <= most))
      continue;
    remarks.add("target(\"" + name + "\") without a question whether the processor has it",
                "assumes instructions that other machines lack; call such functions behind "
                "__builtin_cpu_supports() in this source");
  }
}

}  // namespace ke
