// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/support.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/syntax/overlap.h"

#include <algorithm>

namespace ke {
namespace {

// (x + e)[i] -> x[e + i], so that inlined row pointers read like plain subscripts.
void merge_subscripts(Expr& e) {
  for (Expr& kid : e.kids) merge_subscripts(kid);
  if (e.is(Expr::Kind::unary, "*") && bare(e.kids[0]).is(Expr::Kind::binary, "+")) {
    const Expr place = bare(e.kids[0]);
    e = Expr::subscript(place.kids[0], place.kids[1]);
    merge_subscripts(e);
  }
  if (!e.is(Expr::Kind::subscript)) return;
  const Expr base = bare(e.kids[0]);
  if (base.is(Expr::Kind::binary, "+")) {
    e = Expr::subscript(base.kids[0], sum(base.kids[1], e.kids[1]));
    merge_subscripts(e);
  } else if (base.is(Expr::Kind::unary, "&") && bare(base.kids[0]).is(Expr::Kind::subscript)) {
    const Expr element = bare(base.kids[0]);
    e = Expr::subscript(element.kids[0], sum(element.kids[1], e.kids[1]));
    merge_subscripts(e);
  }
}

void inline_one(Stmts& statements, const std::string& name) {
  for (size_t i = 0; i < statements.size(); ++i) {
    Stmt& s = statements[i];
    if (s.is(Stmt::Kind::declare) && s.name == name && s.has_init) {
      Expr value = s.value;
      statements.erase(statements.begin() + static_cast<long>(i));
      Stmts rest(statements.begin() + static_cast<long>(i), statements.end());
      substitute(rest, name, value);
      std::copy(rest.begin(), rest.end(), statements.begin() + static_cast<long>(i));
      --i;
      continue;
    }
    inline_one(s.body, name);
    inline_one(s.otherwise, name);
  }
}

// Bounds that are read from memory are evaluated once now: nothing in the loop may change them.
bool bounds_stand(const Site& site) {
  const Stmt& loop = site.loop();
  const Stmts bounds{make_expression(loop.lower), make_expression(loop.upper)};
  if (effects_of(bounds, site.symbols->pure).unknown) return false;
  const std::vector<Trace> body = traces_of(loop.body, *site.symbols);
  for (const Trace& read : traces_of(bounds, *site.symbols))
    for (const Trace& t : body)
      if (t.write && (t.base == read.base || !is_separate(site, t.base, read.base))) return false;
  return true;
}

}  // namespace

void as_subscripts(Stmts& statements) {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) merge_subscripts(*e);
    as_subscripts(s.body);
    as_subscripts(s.otherwise);
  }
}

bool parses_as_well(const Unit& unit, const std::string& text) {
  return count_syntax_errors(text) <= unit.errors;
}

std::optional<std::string> commit(const Site& site, const Stmts& replacement,
                                  const Independence& independence, const std::string& why) {
  const Unit& unit = *site.unit;
  std::string text;
  if (independence.unchecked.empty()) {
    Stmts made = replacement;
    made.insert(made.begin(), make_comment(why));
    text = replace_statement(unit, site.loop(), made);
  } else {
    auto test = overlap_test(site, independence);
    if (!test) return std::nullopt;
    Stmts fast = rebuilt(*test->region, &site.loop(), replacement);
    fast.insert(fast.begin(), make_comment(why));
    Stmts guarded = test->before;
    guarded.insert(
        guarded.begin(),
        make_comment(
            "Where the buffers do not overlap the iterations may be reordered; else the plain loops run."));
    guarded.push_back(make_branch(test->condition, fast, {*test->region}));
    text = replace_statement(unit, *test->region, guarded);
    text = with_preamble(text, unit.preamble_at, "ke_disjoint(const void", kDisjointHelper);
  }
  if (!parses_as_well(unit, text)) return std::nullopt;
  return text;
}

std::string counter_type(const Stmt& loop) { return value_type(loop.type); }

Expr whole_strips(const Stmt& loop, int width) {
  Expr upper = exclusive_upper(loop);
  Expr size = Expr::number(width);
  bool from_zero = bare(loop.lower).is(Expr::Kind::number, "0");
  if (from_zero) {
    Expr end = upper.is(Expr::Kind::name) ? upper : Expr{Expr::Kind::group, "", {upper}};
    return Expr::binary(end, "-", Expr::binary(end, "%", size));
  }
  Expr length{Expr::Kind::group, "", {difference(upper, loop.lower)}};
  Expr end = Expr::binary(loop.lower, "+", Expr::binary(Expr::binary(length, "/", size), "*", size));
  // Unsigned differences wrap when the loop is empty.
  if (!is_unsigned_type(loop.type)) return end;
  return Expr::conditional(Expr::binary(loop.lower, "<", upper), end, loop.lower);
}

std::optional<Stmts> strip_mine(const Site& site, int width, Stmts strip) {
  const Stmt& loop = site.loop();
  std::string type = counter_type(loop);
  if (type.empty() || loop.step != 1 || !bounds_stand(site)) return std::nullopt;
  std::string tail = fresh_name(*site.function, loop.name + "_tail");
  Stmt rest = loop;
  rest.lower = Expr::name(tail);
  return Stmts{make_declare("const " + type, tail, whole_strips(loop, width)),
               make_loop(type, loop.name, loop.lower, Expr::name(tail), width, std::move(strip)), rest};
}

Stmt lane_loop(const std::string& type, const std::string& lane, Expr width, Stmts body) {
  return make_loop(type, lane, Expr::number(0), std::move(width), 1, std::move(body));
}

std::string with_preamble(const std::string& text, uint32_t at, const std::string& marker,
                          const std::string& block) {
  if (text.find(marker) != std::string::npos) return text;
  std::string before = text.substr(0, at);
  if (!before.empty() && before.back() != '\n') before += '\n';
  return before + (before.empty() ? "" : "\n") + block + (starts_with(text.substr(at), "\n") ? "" : "\n") +
         text.substr(at);
}

void inline_locals(Stmts& statements, const std::set<std::string>& names) {
  for (const std::string& name : names) inline_one(statements, name);
  as_subscripts(statements);
}

std::string where(const Site& site) {
  return "the loop over " + site.loop().name + ", line " + std::to_string(site.loop().line);
}

bool used_outside(const Site& site, const std::string& name) {
  Stmts rest;
  for (const Stmt& s : site.function->body)
    for (Stmt& kept : rebuilt(s, &site.loop(), {})) rest.push_back(std::move(kept));
  bool found = false;
  walk(rest, [&](const Stmt& s) {
    const bool as_text = s.is(Stmt::Kind::jump) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::wild);
    found = found || (as_text && identifiers(s.text).count(name) != 0);
  });
  walk_expressions(rest, [&](const Expr& e) { found = found || (e.kids.empty() && mentions(e, name)); });
  return found;
}

bool has_inner_loop(const Stmts& statements) {
  bool found = false;
  walk(statements, [&](const Stmt& s) { found = found || s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild); });
  return found;
}

bool leaves_inner_loop(const Stmts& statements) {
  bool found = false;
  walk(statements,
       [&](const Stmt& s) { found = found || (s.is(Stmt::Kind::loop) && effects_of(s.body).leaves); });
  return found;
}

bool has_opaque(const Stmts& statements) {
  bool found = false;
  walk(statements,
       [&](const Stmt& s) { found = found || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::wild); });
  walk_expressions(statements, [&](const Expr& e) { found = found || e.is(Expr::Kind::opaque); });
  return found;
}

}  // namespace ke
