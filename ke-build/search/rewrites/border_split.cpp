// SPDX-License-Identifier: MIT
// Splits a loop whose body asks `is this the border?` into the border iterations, which keep the question,
// and the interior, where the answer is known: its loop has no branch and vectorises.
#include "ke-build/search/rewrites/distribute.h"

#include <algorithm>

namespace ke {
namespace {

struct Border {
  const Stmt* branch = nullptr;  // the statement with the question
  std::vector<Expr> others;      // parts of the disjunction that do not depend on the loop
  int64_t head = 0, rest = 0;    // border iterations at the front and at the end
};

void disjuncts(const Expr& raw, const Symbols& symbols, std::vector<Expr>& parts) {
  const Expr& e = bare(raw);
  if (auto meaning = expanded(e, symbols)) return disjuncts(*meaning, symbols, parts);
  if (e.is(Expr::Kind::binary, "||")) {
    disjuncts(e.kids[0], symbols, parts);
    disjuncts(e.kids[1], symbols, parts);
  } else {
    parts.push_back(e);
  }
}

// x == 0, x < 2, x == w - 1, x >= w - 2, x + 1 >= w: how many iterations at either end can make it true?
bool widen(const Expr& test, const Site& site, Border& border) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  if (!test.is(Expr::Kind::binary)) return false;
  auto left = poly_of(test.kids[0], symbols), right = poly_of(test.kids[1], symbols);
  auto lower = poly_of(loop.lower, symbols), upper = poly_of(exclusive_upper(loop), symbols);
  if (!left || !right || !lower || !upper || is_unsigned_type(loop.type)) return false;
  Poly gap = *left - *right;
  auto factor = gap.coefficient(loop.name);
  auto c = factor ? factor->constant() : std::nullopt;
  if (!c || (*c != 1 && *c != -1)) return false;
  std::string op = test.text;
  if (*c == -1) {
    gap = Poly() - gap;
    op = op == "<" ? ">" : op == ">" ? "<" : op == "<=" ? ">=" : op == ">=" ? "<=" : op;
  }
  Poly edge = Poly() - gap.without(loop.name);  // x op edge
  auto from_lower = (edge - *lower).constant(), from_upper = (*upper - edge).constant();
  if (op == "==" && from_lower && *from_lower >= 0 && *from_lower < 8)
    border.head = std::max(border.head, *from_lower + 1);
  else if (op == "==" && from_upper && *from_upper > 0 && *from_upper <= 8)
    border.rest = std::max(border.rest, *from_upper);
  else if ((op == "<" || op == "<=") && from_lower && *from_lower >= 0 && *from_lower < 8)
    border.head = std::max(border.head, *from_lower + (op == "<="));
  else if ((op == ">" || op == ">=") && from_upper && *from_upper >= 0 && *from_upper <= 8)
    border.rest = std::max(border.rest, *from_upper - (op == ">"));
  else
    return false;
  return true;
}

bool find_border(const Site& site, Border& border) {
  std::set<std::string> varying = varying_names(site.loop().body, site.loop().name, *site.symbols);
  for (const Stmt& s : site.loop().body) {
    if (!s.is(Stmt::Kind::branch)) continue;
    std::vector<Expr> parts;
    disjuncts(s.value, *site.symbols, parts);
    Border found;
    found.branch = &s;
    bool all = true;
    for (const Expr& part : parts) {
      Effects effects = effects_of(part, site.symbols->pure);
      all = all && !effects.unknown && effects.scalar_writes.empty() && effects.accesses.empty();
      if (!is_varying(part, varying))
        found.others.push_back(part);
      else
        all = all && widen(part, site, found);
    }
    if (all && found.head + found.rest > 0) {
      border = found;
      return true;
    }
  }
  return false;
}

// The body with the branch decided: `taken` chooses its first arm.
Stmts decided(const Stmts& body, const Stmt* branch, bool taken) {
  Stmts out;
  for (const Stmt& s : body) {
    if (&s != branch) {
      out.push_back(s);
      continue;
    }
    const Stmts& arm = taken ? s.body : s.otherwise;
    out.insert(out.end(), arm.begin(), arm.end());
    // What follows a `continue` does not run.
    if (!out.empty() && out.back().is(Stmt::Kind::jump)) {
      out.pop_back();
      return out;
    }
  }
  return out;
}

std::optional<Rewritten> rewrite_border(const Site& site) {
  const Stmt& loop = site.loop();
  std::string type = counter_type(loop);
  Border border;
  if (loop.step != 1 || type.empty() || has_inner_loop(loop.body) || has_opaque(loop.body) ||
      effects_of(loop.body).leaves || !find_border(site, border))
    return std::nullopt;
  auto name = [&](const char* suffix) { return fresh_name(*site.function, loop.name + suffix); };
  std::string first = name("_inner"), last = name("_tail");
  Expr lower = loop.lower, upper = exclusive_upper(loop);
  Expr inner_from = sum(lower, Expr::number(border.head)),
       inner_to = difference(upper, Expr::number(border.rest));
  // Short rows: the front border is cut at the end, and the interior may be empty.
  Stmts made{make_declare("const " + type, first,
                          Expr::conditional(Expr::binary(inner_from, "<", upper), inner_from, upper)),
             make_declare("const " + type, last,
                          Expr::conditional(Expr::binary(inner_to, ">", Expr::name(first)), inner_to,
                                            Expr::name(first)))};
  Stmt head = loop, tail = loop, interior = loop;
  head.text = interior.text = tail.text = "<";
  head.upper = Expr::name(first);
  tail.lower = Expr::name(last);
  tail.upper = upper;
  interior.lower = Expr::name(first);
  interior.upper = Expr::name(last);
  interior.body = decided(loop.body, border.branch, false);
  if (border.head > 0) made.push_back(head);
  if (border.others.empty()) {
    made.push_back(interior);
  } else {
    Expr condition = border.others[0];
    for (size_t i = 1; i < border.others.size(); ++i)
      condition = Expr::binary(condition, "||", border.others[i]);
    Stmt covered = interior;
    covered.body = decided(loop.body, border.branch, true);
    Stmts arm = covered.body.empty() ? Stmts{} : Stmts{covered};
    if (arm.empty())
      made.push_back(make_branch(Expr::unary("!", Expr{Expr::Kind::group, "", {condition}}), {interior}));
    else
      made.push_back(make_branch(condition, arm, {interior}));
  }
  made.push_back(tail);
  auto text = commit(site, made, {true, {}, {}},
                     "Interior iterations of the loop over " + loop.name + " need no border test.");
  if (!text) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> border_split(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_border(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
