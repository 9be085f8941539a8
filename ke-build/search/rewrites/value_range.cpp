// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/value_range.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

std::optional<int64_t> number_of(const Expr& raw) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::unary, "-")) {
    const auto inner = number_of(e.kids[0]);
    return inner ? std::optional(-*inner) : std::nullopt;
  }
  if (!e.is(Expr::Kind::number) || e.text.empty()) return std::nullopt;
  std::string digits = e.text;
  while (!digits.empty() && (digits.back() == 'l' || digits.back() == 'L')) digits.pop_back();
  const bool negative = starts_with(digits, "-");  // the grammar's literals have signs
  if (negative) digits.erase(0, 1);
  const bool plain = !digits.empty() && digits.size() < 10 &&
                     digits.find_first_not_of("0123456789") == std::string::npos &&
                     (digits == "0" || digits[0] != '0');
  if (!plain) return std::nullopt;
  return negative ? -std::stoll(digits) : std::stoll(digits);
}

ValueRange lower_of(const ValueRange& a, const ValueRange& b) {
  ValueRange out;
  if (a.low && b.low) out.low = std::min(*a.low, *b.low);
  out.high = !a.high ? b.high : !b.high ? a.high : std::optional(std::min(*a.high, *b.high));
  return out;
}
ValueRange greater_of(const ValueRange& a, const ValueRange& b) {
  ValueRange out;
  if (a.high && b.high) out.high = std::max(*a.high, *b.high);
  out.low = !a.low ? b.low : !b.low ? a.low : std::optional(std::max(*a.low, *b.low));
  return out;
}

// v > c ? c : v and its mirror images: whether it takes the lower one, the value and the constant.
struct Selection {
  bool lower = false;
  Expr value;
  int64_t bound = 0;
};

std::optional<Selection> selection_of(const Expr& test, const Expr& yes, const Expr& no) {
  const Expr& c = bare(test);
  if (!c.is(Expr::Kind::binary) || (c.text[0] != '<' && c.text[0] != '>') || c.text.size() > 2 ||
      c.text == "<<" || c.text == ">>")
    return std::nullopt;
  for (const int at : {0, 1}) {
    const Expr &value = bare(c.kids[static_cast<size_t>(at)]),
               &bound = bare(c.kids[static_cast<size_t>(1 - at)]);
    const auto n = number_of(bound);
    if (!n || number_of(value)) continue;
    // `value > n` picks n when true: the lower of the two.
    const bool greater = (c.text[0] == '>') == (at == 0);
    if (number_of(yes) == n && same(bare(no), value)) return Selection{greater, value, *n};
    if (number_of(no) == n && same(bare(yes), value)) return Selection{!greater, value, *n};
  }
  return std::nullopt;
}

ValueRange selected(const ValueRange& range, const Selection& selection) {
  const ValueRange bound{selection.bound, selection.bound};
  return selection.lower ? lower_of(range, bound) : greater_of(range, bound);
}

// if (v > 127) v = 127;
std::optional<Selection> clamping_branch(const Stmt& s, const std::string& name) {
  if (!s.is(Stmt::Kind::branch) || s.body.size() != 1 || !s.body[0].is(Stmt::Kind::expression))
    return std::nullopt;
  const Expr& set = s.body[0].value;
  if (!set.is(Expr::Kind::assign, "=") || !bare(set.kids[0]).is(Expr::Kind::name, name)) return std::nullopt;
  auto selection = selection_of(s.value, set.kids[1], Expr::name(name));
  return selection && selection->value.is(Expr::Kind::name, name) ? selection : std::nullopt;
}

std::string callee_of(const Expr& e) {
  std::string name = starts_with(e.text, "std::") ? e.text.substr(5) : e.text;
  return name.substr(0, name.find('<'));
}

bool keeps_int(const std::string& type) {
  static const std::set<std::string> wide = {"int",     "long",    "long long",    "int32_t",
                                             "int64_t", "ssize_t", "std::int32_t", "std::int64_t"};
  return wide.count(value_type(type)) != 0;
}

std::string wider(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return "";
  if (a == "double" || b == "double") return "double";
  return a == "float" || b == "float" ? "float" : "int";
}

std::string kind_of(const std::string& type) {
  std::string t = value_type(type);
  if (t == "float" || t == "double") return t;
  return is_integer_type(t) ? "int" : "";
}

// "float", "double", "int" for any integer, "" when unknown.
std::string arithmetic_type(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  const auto declared = [&](const std::string& name) {
    const auto type = symbols.types.find(name);
    return type == symbols.types.end() ? std::string() : type->second;
  };
  switch (e.kind) {
    case Expr::Kind::name:
      return kind_of(declared(e.text));
    case Expr::Kind::subscript:
      return bare(e.kids[0]).is(Expr::Kind::name) ? kind_of(element_type(declared(bare(e.kids[0]).text)))
                                                  : "";
    case Expr::Kind::number:
      if (starts_with(e.text, "0x") || e.text.find_first_of("'\"") != std::string::npos) return "";
      if (e.text.find_first_of(".eE") == std::string::npos) return "int";
      return e.text.find_first_of("fF") != std::string::npos ? "float" : "double";
    case Expr::Kind::binary: {
      static const std::set<std::string> arithmetic = {"+", "-", "*", "/"};
      if (arithmetic.count(e.text) == 0) return "";
      return wider(arithmetic_type(e.kids[0], symbols), arithmetic_type(e.kids[1], symbols));
    }
    case Expr::Kind::unary:
      return e.text == "-" || e.text == "+" ? arithmetic_type(e.kids[0], symbols)
             : e.text == "*" && bare(e.kids[0]).is(Expr::Kind::name)
                 ? kind_of(element_type(declared(bare(e.kids[0]).text)))
                 : "";
    case Expr::Kind::conditional:
      return wider(arithmetic_type(e.kids[1], symbols), arithmetic_type(e.kids[2], symbols));
    case Expr::Kind::cast:
      return kind_of(e.text);
    case Expr::Kind::call: {
      if (starts_with(e.text, "static_cast<") && ends_with(e.text, ">"))
        return kind_of(e.text.substr(12, e.text.size() - 13));
      static const std::set<std::string> single = {
          "expf",   "exp2f", "expm1f", "logf",   "log2f", "log10f", "log1pf", "sinf",   "cosf",     "tanf",
          "sqrtf",  "cbrtf", "powf",   "hypotf", "fabsf", "fmaxf",  "fminf",  "floorf", "ceilf",    "roundf",
          "truncf", "rintf", "fmodf",  "tanhf",  "erff",  "fmaf",   "atanf",  "atan2f", "copysignf"};
      if (single.count(unqualified(e.text)) != 0) return "float";
      static const std::set<std::string> alike = {"std::fabs", "std::abs",  "std::sqrt", "std::min",
                                                  "std::max",  "std::fmin", "std::fmax", "std::clamp"};
      std::string type = alike.count(e.text) != 0 ? "int" : "";
      for (const Expr& kid : e.kids) type = wider(type, arithmetic_type(kid, symbols));
      return type;
    }
    default:
      return "";
  }
}

}  // namespace

std::optional<ValueRange> range_of(const Expr& raw, const std::function<bool(const Expr&)>& is_value,
                                   const ValueRange& start) {
  const Expr& e = bare(raw);
  if (is_value(e)) return start;
  if (const auto n = number_of(e)) return ValueRange{n, n};
  if (e.is(Expr::Kind::cast) && keeps_int(e.text)) return range_of(e.kids[0], is_value, start);
  if (e.is(Expr::Kind::conditional)) {
    const auto selection = selection_of(e.kids[0], e.kids[1], e.kids[2]);
    const auto value = selection ? range_of(selection->value, is_value, start) : std::nullopt;
    return value ? std::optional(selected(*value, *selection)) : std::nullopt;
  }
  if (!e.is(Expr::Kind::call)) return std::nullopt;
  std::vector<ValueRange> ranges;
  for (const Expr& kid : e.kids) {
    const auto range = range_of(kid, is_value, start);
    if (!range) return std::nullopt;
    ranges.push_back(*range);
  }
  const std::string name = callee_of(e);
  if (ranges.size() == 1) {
    const bool cast = starts_with(e.text, "static_cast<") && ends_with(e.text, ">");
    const bool wide = keeps_int(cast ? e.text.substr(12, e.text.size() - 13) : e.text);
    return wide ? std::optional(ranges[0]) : std::nullopt;
  }
  if (name == "min" && ranges.size() == 2) return lower_of(ranges[0], ranges[1]);
  if (name == "max" && ranges.size() == 2) return greater_of(ranges[0], ranges[1]);
  if (name == "clamp" && ranges.size() == 3) return lower_of(greater_of(ranges[0], ranges[1]), ranges[2]);
  return std::nullopt;
}

bool follow_clamp(const Stmt& s, const std::string& name, ValueRange& range) {
  if (s.is(Stmt::Kind::comment)) return true;
  const auto is_name = [&](const Expr& e) { return e.is(Expr::Kind::name, name); };
  if (const auto first = clamping_branch(s, name)) {
    range = selected(range, *first);
    if (s.otherwise.empty()) return true;
    // The other side only: `if (v > 9) v = 9; else if (v > 3) v = 3;` is no clamp.
    const auto second = s.otherwise.size() == 1 ? clamping_branch(s.otherwise[0], name) : std::nullopt;
    if (!second || second->lower == first->lower || !s.otherwise[0].otherwise.empty()) return false;
    range = selected(range, *second);
    return true;
  }
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign, "=") ||
      !is_name(bare(s.value.kids[0])))
    return false;
  const auto after = range_of(s.value.kids[1], is_name, range);
  if (after) range = *after;
  return after.has_value();
}

std::string floating_type_of(const Expr& expr, const Symbols& symbols) {
  const std::string type = arithmetic_type(expr, symbols);
  return type == "float" || type == "double" ? type : "";
}

}  // namespace ke
