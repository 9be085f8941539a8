// SPDX-License-Identifier: MIT
// The type of an arithmetic expression, as far as its text tells.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/precompute.h"

#include <set>

namespace ke {
namespace {

std::string type_of_literal(const std::string& text) {
  const bool hex = starts_with(text, "0x") || starts_with(text, "0X");
  if (hex || text.find_first_of(".eE") == std::string::npos) return "int";
  const char last = text.back();
  return last == 'f' || last == 'F' ? "float" : last == 'l' || last == 'L' ? "" : "double";
}

std::string joined_type(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return "";
  return a == "double" || b == "double" ? "double" : a == "float" || b == "float" ? "float" : "int";
}

std::string named_type(const std::string& type) {
  const std::string plain = value_type(type);
  return is_floating_type(plain) ? plain : is_integer_type(plain) ? "int" : "";
}

// Functions whose result has the type of their arguments. lround() and isnan() have others.
bool keeps_type(const std::string& callee) {
  static const std::set<std::string> known = {
      "sin",   "cos",   "tan",  "asin",  "acos",  "atan",      "atan2", "sinh",    "cosh",
      "tanh",  "exp",   "exp2", "expm1", "log",   "log2",      "log10", "log1p",   "pow",
      "sqrt",  "cbrt",  "erf",  "erfc",  "hypot", "fmod",      "fabs",  "floor",   "ceil",
      "round", "trunc", "rint", "fmax",  "fmin",  "nearbyint", "fma",   "copysign"};
  std::string name = starts_with(callee, "std::") ? callee.substr(5) : callee;
  if (known.count(name)) return true;
  if (!name.empty() && name.back() == 'f') name.pop_back();
  return known.count(name) != 0;
}

std::string type_of_call(const Expr& e, const Symbols& symbols, bool cpp) {
  if (starts_with(e.text, "static_cast<") && e.text.back() == '>')
    return named_type(e.text.substr(12, e.text.size() - 13));
  if (e.kids.empty() || symbols.pure.count(e.text) || !keeps_type(e.text)) return "";
  std::string arguments = "int";
  for (const Expr& kid : e.kids) arguments = joined_type(arguments, arithmetic_type(kid, symbols, cpp));
  if (starts_with(e.text, "std::")) return arguments == "int" ? "double" : arguments;
  if (ends_with(e.text, "f") && e.text != "erf") return "float";
  // cos(float) of C is a double; of C++ it is one or the other.
  if (e.text.find("::") != std::string::npos || (cpp && arguments != "double")) return "";
  return "double";
}

std::string promoted(const std::string& type) {
  static const std::set<std::string> small = {"bool",  "char",    "signed char", "unsigned char",
                                              "short", "int8_t",  "int16_t",     "unsigned short",
                                              "int",   "uint8_t", "uint16_t",    "int32_t"};
  return small.count(starts_with(type, "std::") ? type.substr(5) : type) ? "int" : type;
}

// Every type that a promotion leaves alone takes an int as its own.
std::string converted(const std::string& a, const std::string& b) {
  return a == b || b == "int" ? a : a == "int" ? b : "";
}

}  // namespace

std::string integer_type(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  const auto kid = [&](size_t i) { return integer_type(e.kids[i], symbols); };
  const auto own = [](const std::string& type) { return is_integer_type(type) ? type : ""; };
  switch (e.kind) {
    case Expr::Kind::number:
      return e.text.size() < 10 && e.text.find_first_not_of("0123456789") == std::string::npos ? "int" : "";
    case Expr::Kind::name: {
      const auto type = symbols.types.find(e.text);
      return type == symbols.types.end() ? "" : own(value_type(type->second));
    }
    case Expr::Kind::cast:
      return own(e.text);
    case Expr::Kind::unary:
      return e.text == "-" || e.text == "+" || e.text == "~" ? promoted(kid(0)) : "";
    case Expr::Kind::binary: {
      if (e.text == "<<" || e.text == ">>") return kid(1).empty() ? "" : promoted(kid(0));
      if (std::string("+-*/%&|^").find(e.text) == std::string::npos) return "";
      return converted(promoted(kid(0)), promoted(kid(1)));
    }
    case Expr::Kind::conditional:
      return converted(promoted(kid(1)), promoted(kid(2)));
    case Expr::Kind::call:
      if (starts_with(e.text, "static_cast<") && e.text.back() == '>')
        return own(e.text.substr(12, e.text.size() - 13));
      if (e.kids.size() == 2 && (e.text == "std::min" || e.text == "std::max"))
        return kid(0) == kid(1) ? kid(0) : "";
      return "";
    default:
      return "";
  }
}

std::string arithmetic_type(const Expr& raw, const Symbols& symbols, bool cpp) {
  const Expr& e = bare(raw);
  switch (e.kind) {
    case Expr::Kind::number:
      return type_of_literal(e.text);
    case Expr::Kind::name: {
      const auto type = symbols.types.find(e.text);
      if (type != symbols.types.end()) return named_type(type->second);
      return starts_with(e.text, "M_") ? "double" : "";
    }
    case Expr::Kind::subscript: {
      const auto type = symbols.types.find(to_text(bare(e.kids[0])));
      return type == symbols.types.end() ? "" : named_type(element_type(type->second));
    }
    case Expr::Kind::cast:
      return named_type(e.text);
    case Expr::Kind::unary:
      return e.text == "-" || e.text == "+" ? arithmetic_type(e.kids[0], symbols, cpp) : "";
    case Expr::Kind::binary:
      if (std::string("+-*/%").find(e.text) == std::string::npos) return "";
      return joined_type(arithmetic_type(e.kids[0], symbols, cpp), arithmetic_type(e.kids[1], symbols, cpp));
    case Expr::Kind::conditional:
      return joined_type(arithmetic_type(e.kids[1], symbols, cpp), arithmetic_type(e.kids[2], symbols, cpp));
    case Expr::Kind::call:
      return type_of_call(e, symbols, cpp);
    default:
      return "";
  }
}

}  // namespace ke
