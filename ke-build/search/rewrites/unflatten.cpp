// SPDX-License-Identifier: MIT
// One loop over a whole table, with row `i / n` and column `i % n`, as the two loops that it is: no division
// in every iteration, and subscripts that the other rewrites and the vectoriser can read.
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

bool splits(const Expr& e, const std::string& name, const char* op) {
  return e.is(Expr::Kind::binary, op) && bare(e.kids[0]).is(Expr::Kind::name, name);
}

// What the loop variable is divided by: the same in all divisions.
std::optional<Expr> divisor_of(const Stmt& loop) {
  std::optional<Expr> found;
  bool one = true, row = false, column = false;
  walk_expressions(loop.body, [&](const Expr& e) {
    const bool divides = splits(e, loop.name, "/"), rest = splits(e, loop.name, "%");
    if (!divides && !rest) return;
    row = row || divides;
    column = column || rest;
    if (!found)
      found = bare(e.kids[1]);
    else
      one = one && same(*found, bare(e.kids[1]));
  });
  return one && row && column ? found : std::nullopt;
}

void replace_divisions(Expr& e, const std::string& name, const std::string& row, const std::string& column) {
  if (splits(e, name, "/"))
    e = Expr::name(row);
  else if (splits(e, name, "%"))
    e = Expr::name(column);
  for (Expr& kid : e.kids) replace_divisions(kid, name, row, column);
}

void replace_divisions(Stmts& statements, const std::string& name, const std::string& row,
                       const std::string& column) {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) replace_divisions(*e, name, row, column);
    replace_divisions(s.body, name, row, column);
    replace_divisions(s.otherwise, name, row, column);
  }
}

// a in a * n.
std::optional<Expr> whole_rows(const Expr& upper, const Expr& n) {
  const Expr& e = bare(upper);
  if (!e.is(Expr::Kind::binary, "*")) return std::nullopt;
  if (same(bare(e.kids[1]), n)) return e.kids[0];
  if (same(bare(e.kids[0]), n)) return e.kids[1];
  return std::nullopt;
}

Expr in_group(Expr e) { return Expr{Expr::Kind::group, "", {std::move(e)}}; }

std::optional<Rewritten> rewrite_flat(const Site& site) {
  const Stmt& loop = site.loop();
  const std::string type = counter_type(loop);
  const Effects effects = effects_of(loop.body, site.symbols->pure);
  const auto n = divisor_of(loop);
  if (!n || loop.step != 1 || type.empty() || effects.leaves || !bare(loop.lower).is(Expr::Kind::number, "0"))
    return std::nullopt;
  const bool plain = n->is(Expr::Kind::name) || n->is(Expr::Kind::number);
  const auto declared =
      n->is(Expr::Kind::name) ? site.symbols->types.find(n->text) : site.symbols->types.end();
  const bool integer = n->is(Expr::Kind::number) ||
                       (declared != site.symbols->types.end() && is_integer_type(declared->second));
  if (!plain || !integer || effects.declared.count(n->text) || effects.scalar_writes.count(n->text))
    return std::nullopt;
  const std::string row = fresh_name(*site.function, loop.name + "_row"),
                    column = fresh_name(*site.function, loop.name + "_column");
  Stmts body = loop.body;
  replace_divisions(body, loop.name, row, column);
  const Expr start = Expr::binary(Expr::name(row), "*", *n);
  substitute(body, loop.name, in_group(Expr::binary(start, "+", Expr::name(column))));
  const Expr upper = exclusive_upper(loop);
  const auto known =
      upper.is(Expr::Kind::name) ? site.symbols->values.find(upper.text) : site.symbols->values.end();
  const auto rows = whole_rows(known == site.symbols->values.end() ? upper : known->second, *n);
  Stmt inner = make_loop(type, column, Expr::number(0), *n, 1, body), outer;
  if (rows) {
    outer = make_loop(type, row, Expr::number(0), *rows, 1, {inner});
  } else {
    const std::string end = fresh_name(*site.function, loop.name + "_columns");
    const Expr left = Expr::binary(in_group(upper), "-", start);
    inner.upper = Expr::name(end);
    const Stmt width =
        make_declare("const " + type, end, Expr::conditional(Expr::binary(left, "<", *n), left, *n));
    const Expr count = Expr::binary(
        in_group(Expr::binary(in_group(upper), "+", Expr::binary(*n, "-", Expr::number(1)))), "/", *n);
    outer = make_loop(type, row, Expr::number(0), count, 1, {width, inner});
  }
  // Divided by nothing or less it is another loop, or an error of its own.
  Stmts made{outer};
  const bool positive = n->is(Expr::Kind::number) && n->text != "0" && n->text[0] != '-';
  if (!positive) made = {make_branch(Expr::binary(*n, ">", Expr::number(0)), {outer}, {loop})};
  auto text = commit(site, made, {true, {}, {}}, "Rows and columns as loops of their own.");
  if (!text) return std::nullopt;
  return Rewritten{*text, where(site)};
}

}  // namespace

std::vector<Rewritten> unflatten(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    // Its own plain loop, behind the test of the divisor.
    const Stmt* around = site.path.size() > 1 ? site.path[site.path.size() - 2] : nullptr;
    const bool done = around && around->is(Stmt::Kind::branch) && !around->otherwise.empty() &&
                      &around->otherwise[0] == &site.loop() && !around->body.empty();
    if (done) continue;
    if (auto made = rewrite_flat(site)) out.push_back(*made);
  }
  return out;
}

}  // namespace ke
