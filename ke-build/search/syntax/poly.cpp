// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/poly.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

constexpr int kMaxSubstitutions = 16;
constexpr size_t kMaxTerms = 64;
constexpr int64_t kLargest = int64_t{1} << 40;  // beyond it a coefficient is no subscript of ours

std::optional<Poly> lower(const Expr& e, const Symbols& symbols, int depth);

// shape.cols, p->shape.cols
bool is_field(const std::string& factor) {
  const bool path = std::all_of(factor.begin(), factor.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-' || c == '>';
  });
  return path && !factor.empty() && std::isdigit(static_cast<unsigned char>(factor[0])) == 0 &&
         (factor.find('.') != std::string::npos || factor.find("->") != std::string::npos);
}

bool is_pointer(const Expr& raw, const Symbols& symbols) {
  const auto type = bare(raw).is(Expr::Kind::name) ? symbols.types.find(bare(raw).text) : symbols.types.end();
  return type != symbols.types.end() && type->second.find('*') != std::string::npos;
}

std::optional<Poly> binary(const Expr& e, const Symbols& symbols, int depth) {
  // The distance of two pointers is a number; neither of them is.
  if (e.text == "-" && is_pointer(e.kids[1], symbols)) return Poly::name(to_text(e));
  auto a = lower(e.kids[0], symbols, depth), b = lower(e.kids[1], symbols, depth);
  if (!a || !b) return std::nullopt;
  if (e.text == "+") return *a + *b;
  if (e.text == "-") return *a - *b;
  if (e.text == "*") return *a * *b;
  return Poly::name(to_text(e));
}

bool is_integer_cast(const Expr& e) {
  if (e.is(Expr::Kind::cast)) return is_integer_type(e.text);
  if (!e.is(Expr::Kind::call) || e.kids.size() != 1) return false;
  size_t open = e.text.find('<');
  if (starts_with(e.text, "static_cast<"))
    return is_integer_type(e.text.substr(open + 1, e.text.size() - open - 2));
  return is_integer_type(e.text);
}

std::optional<Poly> lower(const Expr& raw, const Symbols& symbols, int depth) {
  const Expr& e = bare(raw);
  if (depth > kMaxSubstitutions) return std::nullopt;
  if (e.is(Expr::Kind::number)) {
    std::string digits = e.text;
    while (!digits.empty() && std::string("uUlL").find(digits.back()) != std::string::npos) digits.pop_back();
    const bool negative = !digits.empty() && digits[0] == '-';  // the grammar's literals have signs
    if (negative) digits.erase(0, 1);
    bool plain = !digits.empty() && digits.size() < 12 &&
                 std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); });
    if (!plain || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    return Poly(negative ? -std::stoll(digits) : std::stoll(digits));
  }
  if (e.is(Expr::Kind::name)) {
    auto value = symbols.values.find(e.text);
    auto type = symbols.types.find(e.text);
    bool integer = type != symbols.types.end() &&
                   (is_integer_type(type->second) || type->second.find("auto") != std::string::npos);
    if (value != symbols.values.end() && integer) {
      auto inner = lower(value->second, symbols, depth + 1);
      if (inner) return inner;
    }
    return Poly::name(e.text);
  }
  if (e.is(Expr::Kind::binary)) return binary(e, symbols, depth);
  if (e.is(Expr::Kind::unary, "-")) {
    auto inner = lower(e.kids[0], symbols, depth);
    return inner ? std::optional(Poly() - *inner) : std::nullopt;
  }
  if (auto meaning = expanded(e, symbols)) return lower(*meaning, symbols, depth + 1);
  if (is_integer_cast(e)) return lower(e.kids[0], symbols, depth);
  Effects effects = effects_of(e, symbols.pure);
  if (effects.unknown || !effects.scalar_writes.empty()) return std::nullopt;
  return Poly::name(to_text(e));
}

}  // namespace

Poly::Poly(int64_t constant) { add({}, constant); }
Poly Poly::name(const std::string& text) {
  Poly p;
  p.add({text}, 1);
  return p;
}

void Poly::add(const Monomial& monomial, int64_t coefficient) {
  if (coefficient > kLargest || coefficient < -kLargest) coefficient = coefficient > 0 ? kLargest : -kLargest;
  int64_t& slot = terms_[monomial];
  slot += coefficient;
  if (slot == 0) terms_.erase(monomial);
}

Poly Poly::operator+(const Poly& other) const {
  Poly out = *this;
  for (const auto& [m, c] : other.terms_) out.add(m, c);
  return out;
}
Poly Poly::operator-(const Poly& other) const {
  Poly out = *this;
  for (const auto& [m, c] : other.terms_) out.add(m, -c);
  return out;
}
Poly Poly::operator*(const Poly& other) const {
  Poly out;
  // Far beyond any subscript: one name of its own keeps hostile text from exploding.
  if (terms_.size() * other.terms_.size() > kMaxTerms)
    return Poly::name("(" + text() + ") * (" + other.text() + ")");
  for (const auto& [m, c] : terms_)
    for (const auto& [n, d] : other.terms_) {
      Monomial product = m;
      product.insert(product.end(), n.begin(), n.end());
      std::sort(product.begin(), product.end());
      bool fits = std::abs(c) < (1 << 30) && std::abs(d) < (1 << 30);
      out.add(product, fits ? c * d : kLargest);
    }
  return out;
}

std::optional<int64_t> Poly::constant() const {
  if (terms_.empty()) return 0;
  if (terms_.size() == 1 && terms_.begin()->first.empty()) return terms_.begin()->second;
  return std::nullopt;
}

std::set<std::string> Poly::names() const {
  std::set<std::string> out;
  for (const auto& [m, c] : terms_)
    for (const std::string& factor : m) out.merge(identifiers(factor));
  return out;
}
bool Poly::mentions(const std::string& name) const { return names().count(name) != 0; }

std::optional<Poly> Poly::coefficient(const std::string& name) const {
  Poly out;
  for (const auto& [m, c] : terms_) {
    auto count = std::count(m.begin(), m.end(), name);
    for (const std::string& factor : m)
      if (factor != name && identifiers(factor).count(name)) return std::nullopt;
    if (count == 0) continue;
    if (count > 1) return std::nullopt;
    Monomial rest = m;
    rest.erase(std::find(rest.begin(), rest.end(), name));
    out.add(rest, c);
  }
  return out;
}

Poly Poly::without(const std::string& name) const {
  Poly out;
  for (const auto& [m, c] : terms_)
    if (std::find(m.begin(), m.end(), name) == m.end()) out.add(m, c);
  return out;
}

Poly Poly::replaced(const std::string& name, const Poly& value) const {
  auto factor = coefficient(name);
  return factor ? without(name) + *factor * value : *this;
}

bool Poly::all_positive() const {
  return std::all_of(terms_.begin(), terms_.end(), [](const auto& term) { return term.second >= 0; });
}

bool Poly::is_nonnegative(const std::set<std::string>& signed_names, bool fields) const {
  const auto is_size = [&](const std::string& factor) {
    return identifiers(factor).count(factor) != 0 || (fields && is_field(factor));
  };
  std::map<Monomial, int64_t> credit;
  std::vector<std::pair<Monomial, int64_t>> debts;
  for (const auto& [m, c] : terms_) {
    for (const std::string& factor : m)
      if (signed_names.count(factor) || !is_size(factor)) return false;
    if (c > 0)
      credit[m] = c;
    else
      debts.push_back({m, -c});
  }
  // Every factor is at least 1, so n * k pays for n: each negative term needs larger positive ones.
  std::stable_sort(debts.begin(), debts.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  for (auto& [m, owed] : debts) {
    for (auto& [larger, left] : credit) {
      if (!std::includes(larger.begin(), larger.end(), m.begin(), m.end())) continue;
      int64_t paid = std::min(owed, left);
      owed -= paid;
      left -= paid;
    }
    if (owed > 0) return false;
  }
  return true;
}

std::string Poly::text() const {
  std::string out;
  // Longer products first reads like the source: i * n + j.
  std::vector<std::pair<Monomial, int64_t>> ordered(terms_.begin(), terms_.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  // A leading minus is avoided where a positive term can come first.
  std::stable_partition(ordered.begin(), ordered.end(), [](const auto& term) { return term.second > 0; });
  for (const auto& [m, c] : ordered) {
    int64_t magnitude = c < 0 ? -c : c;
    out += out.empty() ? (c < 0 ? "-" : "") : (c < 0 ? " - " : " + ");
    std::string product = magnitude != 1 || m.empty() ? std::to_string(magnitude) : "";
    for (const std::string& factor : m) {
      bool word = identifiers(factor).count(factor) != 0;
      product += (product.empty() ? "" : " * ") + (word ? factor : "(" + factor + ")");
    }
    out += product;
  }
  return out.empty() ? "0" : out;
}

std::optional<Poly> poly_of(const Expr& expr, const Symbols& symbols) { return lower(expr, symbols, 0); }

bool may_wrap(const Poly& p, const Symbols& symbols) {
  const auto names = p.names();
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto type = symbols.types.find(name);
    return type == symbols.types.end() || !is_integer_type(type->second) || is_unsigned_type(type->second);
  });
}

}  // namespace ke
