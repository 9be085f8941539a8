// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/summing_loops.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostLoops = 8, kMostForms = 4;

bool is_signed_integer(const std::string& name, const Symbols& symbols) {
  const auto type = symbols.types.find(name);
  return type != symbols.types.end() && is_integer_type(type->second) && !is_unsigned_type(type->second);
}

class ChainReader {
 public:
  explicit ChainReader(const Symbols& symbols) : symbols_(symbols) {}

  std::optional<SummingLoops> read(const Stmt& loop) {
    if (!enter(loop) || !chain_.found) return std::nullopt;
    for (const auto& [name, value] : chain_.locals)
      if (mentions(chain_.target, name) && !is_integer(name)) return std::nullopt;
    // Values that stand for names, innermost first, until none is left.
    for (size_t round = 0; round < chain_.locals.size() + 1; ++round)
      for (const auto& [name, value] : chain_.locals)
        if (!is_integer(name) && mentions(chain_.value, name))
          substitute(chain_.value, name, Expr{Expr::Kind::group, "", {value}});
    return chain_;
  }

 private:
  bool is_integer(const std::string& name) const {
    const auto type = symbols_.types.find(name);
    return type == symbols_.types.end() || is_integer_type(type->second) ||
           type->second.find('*') != std::string::npos;
  }

  bool enter(const Stmt& loop) {
    if (!loop.is(Stmt::Kind::loop) || loop.step != 1 || chain_.loops.size() >= kMostLoops) return false;
    chain_.loops.push_back(&loop);
    return statements(loop.body);
  }

  bool statements(const Stmts& list) {
    bool last = false;
    for (const Stmt& s : list) {
      if (s.is(Stmt::Kind::comment)) continue;
      if (last) return false;
      if (s.is(Stmt::Kind::declare)) {
        if (!declare(s)) return false;
      } else if (s.is(Stmt::Kind::block)) {
        last = true;
        if (!statements(s.body)) return false;
      } else if (s.is(Stmt::Kind::loop)) {
        last = true;
        if (!enter(s)) return false;
      } else if (s.is(Stmt::Kind::branch) && s.otherwise.empty()) {
        const bool skips =
            s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) && s.body[0].text == "continue;";
        if (!guard(s.value, skips)) return false;
        if (skips) continue;
        last = true;
        if (!statements(s.body)) return false;
      } else {
        last = true;
        if (!update(s)) return false;
      }
    }
    return last && chain_.found;
  }

  bool declare(const Stmt& s) {
    if (!s.has_init || !s.dims.empty() || s.constructed) return false;
    const Effects effects = effects_of(s.value, symbols_.pure);
    if (effects.unknown || !effects.scalar_writes.empty()) return false;
    // A converted value is another value; pointers and indices are looked through by the syntax room.
    if (!is_integer(s.name)) chain_.locals.emplace(s.name, s.value);
    if (is_integer(s.name) && symbols_.values.count(s.name) == 0) return false;
    return true;
  }

  // Every part must be understood: a part that is lost would let terms in that the kernel skips.
  bool guard(const Expr& condition, bool negate) {
    for (const Expr& part : condition_parts(condition, "&&", negate, symbols_)) {
      const Expr& e = bare(part);
      bool plain = e.is(Expr::Kind::binary);
      walk(e, [&](const Expr& x) {
        plain = plain && !x.is(Expr::Kind::cast) && !x.is(Expr::Kind::opaque) && !x.is(Expr::Kind::call) &&
                !x.is(Expr::Kind::subscript);
      });
      if (!plain) return false;
      const auto left = poly_of(e.kids[0], symbols_), right = poly_of(e.kids[1], symbols_);
      if (!left || !right) return false;
      const std::set<std::string> used = (*left - *right).names();
      if (!std::all_of(used.begin(), used.end(),
                       [&](const std::string& n) { return is_signed_integer(n, symbols_); }))
        return false;
      if (e.text == "<")
        chain_.forms.push_back(*right - *left - Poly(1));
      else if (e.text == "<=")
        chain_.forms.push_back(*right - *left);
      else if (e.text == ">")
        chain_.forms.push_back(*left - *right - Poly(1));
      else if (e.text == ">=")
        chain_.forms.push_back(*left - *right);
      else
        return false;
    }
    return chain_.forms.size() <= kMostForms;
  }

  bool update(const Stmt& s) {
    if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign) || s.value.kids.size() != 2)
      return false;
    const Expr &target = bare(s.value.kids[0]), &value = bare(s.value.kids[1]);
    chain_.target = target;
    if (s.value.text == "+=" || s.value.text == "-=") {
      chain_.value = value;
      chain_.subtract = s.value.text == "-=";
    } else if (s.value.text == "=" && value.is(Expr::Kind::binary) &&
               (value.text == "+" || value.text == "-")) {
      const bool left = same(bare(value.kids[0]), target);
      if (!left && (value.text == "-" || !same(bare(value.kids[1]), target))) return false;
      chain_.value = value.kids[left ? 1 : 0];
      chain_.subtract = value.text == "-";
    } else if (s.value.text == "=" && value.is(Expr::Kind::call) && value.kids.size() == 3 &&
               (ends_with(value.text, "fma") || ends_with(value.text, "fmaf")) &&
               is_pure_call(value.text, {}) && same(bare(value.kids[2]), target)) {
      chain_.value = Expr::binary(Expr{Expr::Kind::group, "", {value.kids[0]}}, "*",
                                  Expr{Expr::Kind::group, "", {value.kids[1]}});
    } else {
      return false;
    }
    chain_.found = true;
    return true;
  }

  const Symbols& symbols_;
  SummingLoops chain_;
};

const Expr& without_casts(const Expr& raw) {
  const Expr* e = &bare(raw);
  while ((e->is(Expr::Kind::cast) || (e->is(Expr::Kind::call) && e->kids.size() == 1 &&
                                      (starts_with(e->text, "static_cast<") || e->text == "float" ||
                                       e->text == "double" || e->text == "int"))))
    e = &bare(e->kids[0]);
  return *e;
}

// The value as a form over two elements, a and b, times factors that no loop changes.
class ProductReader {
 public:
  ProductReader(const Symbols& symbols, const std::set<std::string>& changing, std::string type)
      : symbols_(symbols), changing_(changing), type_(std::move(type)) {}

  std::optional<SummedForm> read(const Expr& value) {
    std::vector<Expr> parts;
    if (!factors(value, parts)) return std::nullopt;
    std::optional<Expr> rest;
    for (const Expr& part : parts) {
      if (is_invariant(part)) {
        made_.factor = made_.factor ? Expr::binary(*made_.factor, "*", part) : part;
        continue;
      }
      auto one = form(part);
      if (!one) return std::nullopt;
      rest = rest ? Expr::binary(*rest, "*", *one) : *one;
    }
    if (!rest || made_.elements.empty()) return std::nullopt;
    made_.form = *rest;
    if (negative_) made_.form = Expr::unary("-", Expr{Expr::Kind::group, "", {*rest}});
    return made_;
  }

 private:
  bool factors(const Expr& raw, std::vector<Expr>& parts) {
    const Expr& e = cast_away(raw);
    if (e.is(Expr::Kind::binary, "*")) return factors(e.kids[0], parts) && factors(e.kids[1], parts);
    if (e.is(Expr::Kind::unary, "-")) {
      negative_ = !negative_;
      return factors(e.kids[0], parts);
    }
    parts.push_back(e);
    return parts.size() <= 4;
  }

  // Casts of elements to the type of the sum, or to a wider type of numbers, change nothing that matters.
  const Expr& cast_away(const Expr& raw) const {
    const Expr& inner = without_casts(raw);
    return element_of(inner, symbols_, true) ? inner : bare(raw);
  }

  bool is_invariant(const Expr& e) const {
    if (e.is(Expr::Kind::number))
      return e.text.find('\'') == std::string::npos && e.text != "true" && e.text != "false";
    if (!e.is(Expr::Kind::name)) return false;
    const auto type = symbols_.types.find(e.text);
    return type != symbols_.types.end() && kernel_type(type->second) == type_ && changing_.count(e.text) == 0;
  }

  std::optional<Expr> form(const Expr& raw) {
    const Expr& e = cast_away(raw);
    if (auto element = element_of(e, symbols_, true)) return placeholder(*element);
    made_.product = false;
    // A literal of another type would make the vectors' arithmetic another one.
    if (e.is(Expr::Kind::number) && is_invariant(e)) return ke::raw("((" + type_ + ")" + e.text + ")");
    if (is_invariant(e)) return extra(e.text);
    if (e.is(Expr::Kind::binary) && (e.text == "+" || e.text == "-" || e.text == "*")) {
      auto left = form(e.kids[0]), right = form(e.kids[1]);
      if (!left || !right) return std::nullopt;
      return Expr{Expr::Kind::group, "", {Expr::binary(*left, e.text, *right)}};
    }
    return std::nullopt;
  }

  std::optional<Expr> extra(const std::string& name) {
    auto& extras = made_.extras;
    const auto known = std::find(extras.begin(), extras.end(), name);
    const auto place = known - extras.begin();
    if (known == extras.end()) extras.push_back(name);
    return Expr::name("@e" + std::to_string(place));
  }

  std::optional<Expr> placeholder(const Element& element) {
    for (size_t i = 0; i < made_.elements.size(); ++i)
      if (made_.elements[i].base == element.base && made_.elements[i].index == element.index)
        return Expr::name(i == 0 ? "@0" : "@1");
    if (made_.elements.size() == 2) return std::nullopt;
    made_.elements.push_back(element);
    return Expr::name(made_.elements.size() == 1 ? "@0" : "@1");
  }

  const Symbols& symbols_;
  const std::set<std::string>& changing_;
  std::string type_;
  SummedForm made_;
  bool negative_ = false;
};

}  // namespace

std::optional<SummingLoops> read_summing_loops(const Stmt& loop, const Symbols& symbols) {
  return ChainReader(symbols).read(loop);
}

std::optional<SummedForm> read_summed_form(const Expr& value, const Symbols& symbols,
                                           const std::set<std::string>& changing, const std::string& type) {
  return ProductReader(symbols, changing, type).read(value);
}

}  // namespace ke
