// SPDX-License-Identifier: MIT
// `if (x[c] > x[best]) best = c;` reads the best element back through memory in every step. Kept in a
// variable, the search is an ordinary reduction with an index, which multi_accumulator understands.
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

std::optional<Rewritten> rewrite_extreme(const Site& site) {
  const Stmt& loop = site.loop();
  if (loop.body.size() != 1 || !loop.body[0].is(Stmt::Kind::branch)) return std::nullopt;
  const Stmt& test = loop.body[0];
  const Expr& c = bare(test.value);
  bool compares = c.is(Expr::Kind::binary) && (c.text == "<" || c.text == ">") && test.otherwise.empty() &&
                  test.body.size() == 1;
  if (!compares || !test.body[0].is(Stmt::Kind::expression)) return std::nullopt;
  const Expr& set = test.body[0].value;
  if (!set.is(Expr::Kind::assign, "=") || !set.kids[0].is(Expr::Kind::name) ||
      !set.kids[1].is(Expr::Kind::name, loop.name))
    return std::nullopt;
  const std::string& index = set.kids[0].text;
  bool left_is_best = mentions(c.kids[0], index);
  const Expr& best = bare(c.kids[left_is_best ? 0 : 1]);
  Expr element = c.kids[left_is_best ? 1 : 0], as_best = element;
  substitute(as_best, loop.name, Expr::name(index));
  if (!best.is(Expr::Kind::subscript) || !same(as_best, best) || mentions(element, index) ||
      effects_of(element, site.symbols->pure).unknown)
    return std::nullopt;
  std::string base = to_text(best.kids[0]);
  auto type = site.symbols->types.find(base);
  std::string element_is = type == site.symbols->types.end() ? "" : element_type(type->second);
  if (element_is.empty()) return std::nullopt;
  std::string carried = fresh_name(*site.function, index + "_value");
  Stmt kept = loop;
  Expr condition = c;
  condition.kids[left_is_best ? 0 : 1] = Expr::name(carried);
  kept.body = {make_branch(condition,
                           {make_expression(Expr::assign(Expr::name(carried), "=", element)), test.body[0]})};
  // Reading x[best] in front of an empty loop might be out of bounds.
  Stmts made{make_declare(element_is, carried, best), kept};
  Stmts guarded{make_branch(Expr::binary(loop.lower, "<", exclusive_upper(loop)), made)};
  auto text = commit(site, guarded, {true, {}, {}}, "The best element so far stays in a variable.");
  if (!text) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> carry_extreme(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_extreme(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
