// SPDX-License-Identifier: MIT
// Declares the vector variants of libm functions that the kernel calls (glibc's libmvec, at most 4 ulp), so
// that GCC vectorises loops around them without -ffast-math. NaN and Inf come out as from the scalar
// functions.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <map>

namespace ke {
namespace {

// Functions with vector variants in glibc >= 2.35's libmvec, in both precisions.
const std::set<std::string>& known() {
  static const std::set<std::string> names = {"exp",   "exp2", "exp10", "expm1", "log",   "log2",  "log10",
                                              "log1p", "sin",  "cos",   "tan",   "asin",  "acos",  "atan",
                                              "atan2", "sinh", "cosh",  "tanh",  "asinh", "acosh", "atanh",
                                              "erf",   "erfc", "cbrt",  "pow",   "hypot"};
  return names;
}

// Unqualified names called in the file and in what it includes: `std::exp`, `expf`.
std::set<std::string> called(const Unit& unit) {
  std::set<std::string> names;
  auto add = [&](const Function& f) { names.insert(f.calls.begin(), f.calls.end()); };
  for (const Function& f : unit.functions) add(f);
  for (const Function& f : unit.functions)
    for (const std::string& callee : f.calls)
      if (const Function* helper = unit.find(callee)) add(*helper);
  return names;
}

std::string declaration(const std::string& type, const std::string& name, bool binary) {
  return "__attribute__((simd(\"notinbranch\"))) " + type + " " + name + "(" + type +
         (binary ? ", " + type : "") + ") KE_NOEXCEPT;\n";
}

}  // namespace

std::vector<Rewritten> vector_math(const Unit& unit, const RewriteRules& rules, int) {
  std::string declarations, listed;
  std::set<std::string> names = called(unit);
  for (const std::string& name : known()) {
    bool binary = name == "atan2" || name == "pow" || name == "hypot";
    if (!names.count(name) && !names.count(name + "f")) continue;
    declarations += declaration("float", name + "f", binary);
    // std::exp(float) is expf; only a C source means the double function by the bare name for certain.
    if (names.count(name)) declarations += declaration("double", name, binary);
    listed += (listed.empty() ? "" : ", ") + name;
  }
  if (declarations.empty()) return {};
  std::string block =
      "// Vector variants of libm functions (libmvec): loops around these calls vectorise without "
      "-ffast-math.\n"
      "#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)\n";
  block += rules.cpp ? replace_all("extern \"C\" {\n" + declarations + "}\n", "KE_NOEXCEPT", "noexcept")
                     : replace_all(declarations, " KE_NOEXCEPT", "");
  block += "#endif\n";
  if (unit.text.find("(libmvec)") != std::string::npos) return {};
  std::string text = with_preamble(unit.text, unit.preamble_at, "(libmvec)", block);
  if (!parses_as_well(unit, text)) return {};
  return {{text, "vector " + listed}};
}

}  // namespace ke
