// SPDX-License-Identifier: MIT
// A load that is the same in every iteration moves in front of the loop. Compilers do that themselves until a
// store might change it; a store of bytes might change anything. Where the language or the contract does not
// say that the two are apart, a test at run time does.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

bool is_byte(const std::string& type) {
  return type.find("char") != std::string::npos || type.find("int8") != std::string::npos ||
         type.find("byte") != std::string::npos;
}

std::string element_type_of(const std::string& base, const Symbols& symbols) {
  const auto type = symbols.types.find(base);
  return type == symbols.types.end() ? "" : element_type(type->second);
}

// Loads that every iteration makes, whatever the data: none behind a test.
void certain_loads(const Expr& e, std::vector<Expr>& out) {
  switch (e.kind) {
    case Expr::Kind::subscript:
      out.push_back(e);
      certain_loads(e.kids[1], out);
      return;
    case Expr::Kind::assign:
      certain_loads(e.kids[1], out);
      if (bare(e.kids[0]).is(Expr::Kind::subscript)) certain_loads(bare(e.kids[0]).kids[1], out);
      return;
    case Expr::Kind::conditional:
      certain_loads(e.kids[0], out);
      return;
    case Expr::Kind::binary:
      certain_loads(e.kids[0], out);
      if (e.text != "&&" && e.text != "||") certain_loads(e.kids[1], out);
      return;
    case Expr::Kind::unary:
      if (e.text != "&" && e.text != "++" && e.text != "--") certain_loads(e.kids[0], out);
      return;
    case Expr::Kind::call:
    case Expr::Kind::cast:
    case Expr::Kind::group:
      for (const Expr& kid : e.kids) certain_loads(kid, out);
      return;
    default:
      return;
  }
}

std::vector<Expr> certain_loads(const Stmts& body) {
  std::vector<Expr> out;
  for (const Stmt& s : body)
    if (s.is(Stmt::Kind::expression) || s.is(Stmt::Kind::branch) || (s.is(Stmt::Kind::declare) && s.has_init))
      certain_loads(s.value, out);
  return out;
}

void replace_loads(Expr& e, const Expr& load, const Expr& by) {
  if (same(e, load)) {
    e = by;
    return;
  }
  for (Expr& kid : e.kids) replace_loads(kid, load, by);
}

void replace_loads(Stmts& statements, const Expr& load, const Expr& by) {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) replace_loads(*e, load, by);
    replace_loads(s.body, load, by);
    replace_loads(s.otherwise, load, by);
  }
}

struct Hoist {
  Expr load;
  std::string type;
  std::set<NamePair> unchecked;
};

std::optional<Hoist> hoistable(const Site& site, const Expr& load, const Effects& effects,
                               const std::vector<Trace>& traces) {
  const Symbols& symbols = *site.symbols;
  const Expr& base = bare(load.kids[0]);
  if (!base.is(Expr::Kind::name) || names_in(load).count(site.loop().name) != 0) return std::nullopt;
  for (const std::string& name : names_in(load))
    if (effects.declared.count(name) || effects.scalar_writes.count(name)) return std::nullopt;
  // An index that is itself read from memory would have to stand still as well.
  const std::vector<Trace> own = traces_of({make_expression(load)}, symbols);
  Hoist hoist{load, element_type_of(base.text, symbols), {}};
  if (own.size() != 1 || !own[0].known_base || !own[0].index || hoist.type.empty()) return std::nullopt;
  bool worth = false;
  for (const Trace& t : traces) {
    if (!t.write) continue;
    if (!t.known_base || t.base == own[0].base) return std::nullopt;
    const bool bytes = is_byte(element_type_of(t.base, symbols));
    worth = worth || bytes;
    if (is_separate(site, own[0].base, t.base)) continue;
    // Between floats the compiler makes the test itself.
    if (!bytes) return std::nullopt;
    hoist.unchecked.insert(std::minmax(own[0].base, t.base));
  }
  return worth ? std::optional(hoist) : std::nullopt;
}

std::optional<Rewritten> rewrite_loop(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects effects = effects_of(loop.body, site.symbols->pure);
  if (effects.unknown || effects.leaves || effects.continues || has_inner_loop(loop.body) ||
      has_opaque(loop.body))
    return std::nullopt;
  const std::vector<Trace> traces = traces_of(loop.body, *site.symbols);
  for (const Expr& load : certain_loads(loop.body)) {
    const auto hoist = hoistable(site, load, effects, traces);
    if (!hoist) continue;
    const std::string name = fresh_name(*site.function, to_text(bare(load.kids[0])) + "_kept");
    // An empty loop reads nothing: the element may not exist.
    const Expr runs = Expr::binary(loop.lower, "<", exclusive_upper(loop));
    Stmt kept = loop;
    replace_loads(kept.body, load, Expr::name(name));
    Independence facts{true, {hoist->unchecked.begin(), hoist->unchecked.end()}, {}};
    const Stmts made{
        make_declare("const " + hoist->type, name, Expr::conditional(runs, load, Expr::number(0))), kept};
    auto text = commit(site, made, facts, to_text(load) + " is the same in the whole loop.");
    if (text) return Rewritten{*text, to_text(load) + " in front of " + where(site)};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Rewritten> hoist_loads(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_loop(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
