// SPDX-License-Identifier: MIT
// Loops around functions of libm become vectors without -ffast-math: exp, tanh, log, erf and erfc (the last
// two of floats) as arithmetic in the loop itself, the others, and with value 1 all of them, as calls of
// glibc's libmvec (at most 4 ulp). NaN and Inf come out as from the scalar functions.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/inline_math.h"
#include "ke-build/search/rewrites/support.h"

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

// What the file's functions call, and the helpers of the project's headers: `exp` for std::exp.
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

// Declarations of the vector variants; `listed` gets the functions.
std::string libmvec_block(const std::set<std::string>& names, const RewriteRules& rules,
                          std::string& listed) {
  std::string declarations;
  for (const std::string& name : known()) {
    bool binary = name == "atan2" || name == "pow" || name == "hypot";
    if (!names.count(name) && !names.count(name + "f")) continue;
    declarations += declaration("float", name + "f", binary);
    // std::exp(float) is expf; only a C source means the double function by the bare name for certain.
    if (names.count(name)) declarations += declaration("double", name, binary);
    listed += (listed.empty() ? "vector " : ", ") + name;
  }
  if (declarations.empty()) return "";
  std::string block =
      "// Vector variants of libm functions (libmvec): loops around these calls vectorise without "
      "-ffast-math.\n"
      "#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)\n";
  block += rules.cpp ? replace_all("extern \"C\" {\n" + declarations + "}\n", "KE_NOEXCEPT", "noexcept")
                     : replace_all(declarations, " KE_NOEXCEPT", "");
  return block + "#endif\n";
}

}  // namespace

std::vector<Rewritten> vector_math(const Unit& unit, const RewriteRules& rules, int value) {
  if (unit.text.find("(libmvec)") != std::string::npos ||
      unit.text.find("(ke_inline_math)") != std::string::npos)
    return {};
  InlinedMath made;
  if (value == 0) made = inlined_math(unit, rules);
  std::string text = made.text, listed = made.listed;
  std::set<std::string> names = called(unit);
  if (!text.empty()) {
    // What is left to the library: what the changed file and its headers still call.
    const auto changed = read_unit(text, unit.functions.front().name, rules.headers);
    if (!changed) return {};
    names = called(*changed);
    names.insert(made.called.begin(), made.called.end());
  } else {
    text = unit.text;
  }
  std::string calls;
  const std::string vectors = libmvec_block(names, rules, calls);
  if (made.definitions.empty() && vectors.empty()) return {};
  const std::string block =
      made.definitions + (made.definitions.empty() || vectors.empty() ? "" : "\n") + vectors;
  listed += (listed.empty() || calls.empty() ? "" : "; ") + calls;
  text = with_preamble(text, unit.preamble_at, "(ke math block)", block);
  if (!parses_as_well(unit, text)) return {};
  return {{text, listed}};
}

}  // namespace ke
