// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/plain_type.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/precompute.h"
#include "ke-build/search/rewrites/value_range.h"

namespace ke {
namespace {

std::string own_number(const std::string& type) {
  const std::string plain = value_type(type);
  return is_plain_number(plain) ? plain : "";
}

// `1.5f`, `0`, `10ul`; octal and hexadecimal integers are left alone.
std::string literal_type(std::string text) {
  if (text.empty() || text.size() > 30 || text.find('\'') != std::string::npos || text[0] == '"') return "";
  if (starts_with(text, "0x") || starts_with(text, "0X")) return "";
  std::string suffix;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text.back()))) {
    suffix.insert(suffix.begin(), static_cast<char>(std::tolower(static_cast<unsigned char>(text.back()))));
    text.pop_back();
  }
  if (text.empty() || text.find_first_not_of("0123456789.+-eE") != std::string::npos) return "";
  if (text.find_first_of(".eE") != std::string::npos)
    return suffix == "f" ? "float" : suffix.empty() ? "double" : "";
  if (text.size() > 9) return "";
  if (suffix.empty()) return "int";
  if (suffix == "u") return "unsigned";
  if (suffix == "l") return "long";
  if (suffix == "ll") return "long long";
  return suffix == "ul" || suffix == "lu" ? "unsigned long" : "";
}

// float(0), static_cast<float>(n), std::numeric_limits<float>::max()
std::string call_type(const Expr& e) {
  if (e.kids.size() == 1 && starts_with(e.text, "static_cast<") && ends_with(e.text, ">"))
    return own_number(e.text.substr(12, e.text.size() - 13));
  if (e.kids.size() <= 1 && is_plain_number(e.text)) return own_number(e.text);
  const std::string limits = "std::numeric_limits<";
  const size_t close = e.text.find(">::");
  if (!e.kids.empty() || !starts_with(e.text, limits) || close == std::string::npos) return "";
  return own_number(e.text.substr(limits.size(), close - limits.size()));
}

}  // namespace

bool is_plain_number(const std::string& type) { return is_floating_type(type) || is_integer_type(type); }

std::string plain_type_of(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::number)) return literal_type(e.text);
  if (e.is(Expr::Kind::name)) {
    const auto type = symbols.types.find(e.text);
    if (type == symbols.types.end()) return "";
    const bool reference = ends_with(type->second, "&");
    return own_number(reference ? type->second.substr(0, type->second.size() - 1) : type->second);
  }
  if (e.is(Expr::Kind::cast)) return own_number(e.text);
  if (e.is(Expr::Kind::subscript)) {
    const auto type = symbols.types.find(to_text(bare(e.kids[0])));
    return type == symbols.types.end() ? "" : number_in(type->second);
  }
  if (e.is(Expr::Kind::unary, "*")) {
    const auto type = symbols.types.find(to_text(bare(e.kids[0])));
    return type == symbols.types.end() ? "" : number_in(type->second);
  }
  if (e.is(Expr::Kind::opaque)) {  // float{}, double{0}
    const size_t open = e.text.find('{');
    return open != std::string::npos && ends_with(e.text, "}") &&
                   e.text.find('{', open + 1) == std::string::npos
               ? own_number(trim(e.text.substr(0, open)))
               : "";
  }
  if (e.is(Expr::Kind::call)) {
    if (std::string type = call_type(e); !type.empty()) return type;
  }
  if (e.is(Expr::Kind::unary, "-") || e.is(Expr::Kind::unary, "+")) {
    const std::string type = plain_type_of(e.kids[0], symbols);
    return type.empty() || is_floating_type(type) ? type : common_number(type, "int");
  }
  if (e.is(Expr::Kind::binary) && std::string("+-*/").find(e.text) != std::string::npos)
    return common_number(plain_type_of(e.kids[0], symbols), plain_type_of(e.kids[1], symbols));
  const std::string floating = floating_type_of(e, symbols);
  return floating.empty() ? integer_type(e, symbols) : floating;
}

std::string number_in(const std::string& type) {
  std::string element = element_type(type);
  for (const char* view : {"std::span<", "std::array<"}) {
    const size_t open = type.find(view);
    const size_t close = type.find_first_of(",>", open);
    if (open == std::string::npos || close == std::string::npos || type.find('<') != type.rfind('<'))
      continue;
    const size_t first = open + std::string(view).size();
    element = value_type(trim(type.substr(first, close - first)));
  }
  return is_plain_number(element) ? element : "";
}

std::string common_number(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return "";
  for (const char* floating : {"double", "float"})
    if (a == floating || b == floating) return floating;
  Symbols types;
  types.types = {{"a", a}, {"b", b}};
  return integer_type(Expr::binary(Expr::name("a"), "+", Expr::name("b")), types);
}

}  // namespace ke
