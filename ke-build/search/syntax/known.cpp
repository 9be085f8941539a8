// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/known.h"

#include "ke-build/search/syntax/conditions.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

// form >= 0
std::optional<Poly> as_nonnegative(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  if (!e.is(Expr::Kind::binary)) return std::nullopt;
  const auto left = poly_of(e.kids[0], symbols), right = poly_of(e.kids[1], symbols);
  if (!left || !right) return std::nullopt;
  if (e.text == "<") return *right - *left - Poly(1);
  if (e.text == "<=") return *right - *left;
  if (e.text == ">") return *left - *right - Poly(1);
  if (e.text == ">=") return *left - *right;
  return std::nullopt;
}

// `n`, `n != 0`: the name that is not zero.
std::string nonzero_name(const Expr& raw) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::name)) return e.text;
  const bool compared = e.is(Expr::Kind::binary, "!=") && bare(e.kids[1]).is(Expr::Kind::number, "0") &&
                        bare(e.kids[0]).is(Expr::Kind::name);
  return compared ? bare(e.kids[0]).text : "";
}

// The header of a `while` or `do` loop that only looks: `while (i < n)`.
bool only_looks(const std::string& header) {
  const size_t open = header.find('(');
  if (open == std::string::npos || header.rfind("for", 0) == 0) return false;
  const Effects effects = effects_of(parse_expression(header.substr(open)));
  return !effects.unknown && effects.scalar_writes.empty();
}

void drop_plain_headers(Stmts& statements) {
  for (Stmt& s : statements) {
    if (s.is(Stmt::Kind::wild) && only_looks(s.text)) s.text.clear();
    drop_plain_headers(s.body);
    drop_plain_headers(s.otherwise);
  }
}

// What the statements may change.
Effects changes_of(const Stmt& s, const std::set<std::string>& pure) {
  Stmts copy{s};
  drop_plain_headers(copy);
  return effects_of(copy, pure);
}

bool leaves(const Stmts& body) { return !body.empty() && body.back().is(Stmt::Kind::jump); }

// Conditions that hold at a place, and the values that locals have there.
class Known {
 public:
  explicit Known(const Symbols& symbols) : symbols_(symbols) {}

  void reach(const Site& site) {
    const Stmts* list = &site.function->body;
    for (size_t i = 0; i < site.path.size(); ++i) {
      const Stmt* step = site.path[i];
      for (const Stmt& before : *list) {
        if (&before == step) break;
        pass(before);
      }
      if (i + 1 == site.path.size()) return;
      list = enter(*step, site.path[i + 1]);
    }
  }

  // The loop's own writes come later than its first test.
  bool implies(const Expr& test) const {
    Expr now = test;
    for (const auto& [name, value] : values_) substitute(now, name, value);
    if (const std::string name = nonzero_name(now); !name.empty())
      return std::any_of(conditions_.begin(), conditions_.end(), [&](const Expr& c) {
        return nonzero_name(c) == name || implied(Expr::binary(Expr::name(name), ">", Expr::number(0)), c);
      });
    const auto wanted = as_nonnegative(now, symbols_);
    if (wanted && wanted->constant()) return *wanted->constant() >= 0;
    return std::any_of(conditions_.begin(), conditions_.end(),
                       [&](const Expr& c) { return implied(now, c); });
  }

 private:
  // Which of the two lists goes on to `next`, and what holds in it.
  const Stmts* enter(const Stmt& s, const Stmt* next) {
    const bool otherwise =
        std::any_of(s.otherwise.begin(), s.otherwise.end(), [&](const Stmt& kid) { return &kid == next; });
    // Of a loop any number of iterations may have run.
    if (s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild)) forget(changes_of(s, symbols_.pure));
    if (s.is(Stmt::Kind::branch)) note(condition_parts(s.value, "&&", otherwise, symbols_));
    return otherwise ? &s.otherwise : &s.body;
  }

  bool implied(const Expr& wanted, const Expr& known) const {
    const auto a = as_nonnegative(wanted, symbols_);
    auto b = as_nonnegative(known, symbols_);
    // Of an unsigned number: not zero is one or more.
    if (const std::string name = nonzero_name(known); !b && !name.empty()) {
      const auto type = symbols_.types.find(name);
      if (type != symbols_.types.end() && is_unsigned_type(type->second)) b = Poly::name(name) - Poly(1);
    }
    if (!a || !b) return false;
    const auto rest = (*a - *b).constant();
    return rest && *rest >= 0;
  }

  void forget(const Effects& effects) {
    const auto changed = [&](const Expr& e) {
      const std::set<std::string> names = names_in(e);
      return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return effects.scalar_writes.count(name) || effects.declared.count(name);
      });
    };
    conditions_.erase(std::remove_if(conditions_.begin(), conditions_.end(), changed), conditions_.end());
    for (auto at = values_.begin(); at != values_.end();)
      at = changed(Expr::name(at->first)) || changed(at->second) ? values_.erase(at) : std::next(at);
  }

  void pass(const Stmt& s) {
    forget(changes_of(s, symbols_.pure));
    const bool exits = s.is(Stmt::Kind::branch) && leaves(s.body) && s.otherwise.empty();
    if (exits) note(condition_parts(s.value, "&&", true, symbols_));
    const bool plain = s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed;
    if (plain && is_steady(s.value)) values_[s.name] = Expr{Expr::Kind::group, "", {s.value}};
  }

  bool is_steady(const Expr& e) const {
    const Effects effects = effects_of(e, symbols_.pure);
    return !effects.unknown && effects.scalar_writes.empty() && effects.accesses.empty();
  }

  void note(const std::vector<Expr>& parts) {
    for (const Expr& part : parts)
      if (is_steady(part)) conditions_.push_back(part);
  }

  const Symbols& symbols_;
  std::vector<Expr> conditions_;
  std::map<std::string, Expr> values_;
};

}  // namespace

bool holds_on_entry(const Site& site, const Expr& test) {
  Known known(*site.symbols);
  known.reach(site);
  return known.implies(test);
}

}  // namespace ke
