// SPDX-License-Identifier: MIT
// `y[i] += a * b` in a loop that does not move y[i]: the compiler must store it in every step, because y
// might overlap what is read. Kept in a variable it becomes an ordinary reduction.
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

struct Held {
  Expr element;  // y[i]
  std::string base, type, name;
};

// Elements that are written in the loop under one unchanging subscript.
std::vector<Held> find_held(const Site& site, const Effects& effects) {
  const Stmt& loop = site.loop();
  std::map<std::string, std::vector<const Access*>> by_base;
  for (const Access& a : effects.accesses) by_base[a.base].push_back(&a);
  std::vector<Held> found;
  for (const auto& [base, accesses] : by_base) {
    bool written = false, steady = true;
    for (const Access* a : accesses) {
      written = written || a->write;
      steady = steady && a->index.size() == 1 && same(a->index[0], accesses[0]->index[0]);
    }
    if (!written) continue;
    const auto type = site.symbols->types.find(base);
    std::string element = type == site.symbols->types.end() ? "" : element_type(type->second);
    if (!steady || element.empty()) return {};
    for (const std::string& name : names_in(accesses[0]->index[0]))
      steady =
          steady && name != loop.name && !effects.declared.count(name) && !effects.scalar_writes.count(name);
    for (const Access& a : effects.accesses)
      steady = steady && !(a.write && mentions(accesses[0]->index[0], a.base));
    if (!steady || effects.scalar_writes.count(base) || effects.declared.count(base)) return {};
    Held held{Expr::subscript(parse_expression(base), accesses[0]->index[0]), base, element, ""};
    held.name = fresh_name(*site.function, identifiers(base).size() == 1 ? base + "_held" : "held");
    found.push_back(held);
  }
  return found;
}

void replace(Expr& e, const Expr& element, const std::string& name) {
  if (e.is(Expr::Kind::subscript) && same(e, element)) {
    e = Expr::name(name);
    return;
  }
  for (Expr& kid : e.kids) replace(kid, element, name);
}

void replace(Stmts& statements, const Expr& element, const std::string& name) {
  for (Stmt& s : statements) {
    for (Expr* e : {&s.lower, &s.upper, &s.value}) replace(*e, element, name);
    replace(s.body, element, name);
    replace(s.otherwise, element, name);
  }
}

// The element is in bounds even when the loop does not run: something beside the loop touches it, too.
bool touched_beside(const Site& site, const Held& held) {
  const Stmt* parent = site.path.size() > 1 ? site.path[site.path.size() - 2] : nullptr;
  auto holds_loop = [&](const Stmts& list) {
    return std::any_of(list.begin(), list.end(), [&](const Stmt& s) { return &s == &site.loop(); });
  };
  const Stmts& around = !parent                    ? site.function->body
                        : holds_loop(parent->body) ? parent->body
                                                   : parent->otherwise;
  for (const Stmt& s : around) {
    if (&s == &site.loop() || !s.is(Stmt::Kind::expression)) continue;
    for (const Access& a : effects_of(Stmts{s}).accesses)
      if (a.base == held.base && a.index.size() == 1 && same(a.index[0], held.element.kids[1])) return true;
  }
  return false;
}

std::optional<Rewritten> rewrite_accumulation(const Site& site) {
  const Stmt& loop = site.loop();
  Effects effects = effects_of(loop.body, site.symbols->pure);
  if (effects.unknown || effects.leaves || has_opaque(loop.body)) return std::nullopt;
  std::vector<Held> held = find_held(site, effects);
  if (held.empty()) return std::nullopt;
  Independence facts{true, {}, {}};
  std::set<NamePair> unchecked;
  for (const Held& h : held)
    for (const Trace& t : traces_of(loop.body, *site.symbols)) {
      Trace own = traces_of({make_expression(h.element)}, *site.symbols)[0];
      if (t.base == own.base && !(t.index && own.index && *t.index == *own.index)) return std::nullopt;
      if (t.base == own.base || is_separate(site, own.base, t.base)) continue;
      if (!t.known_base || !own.known_base) return std::nullopt;
      unchecked.insert(std::minmax(own.base, t.base));
    }
  facts.unchecked.assign(unchecked.begin(), unchecked.end());
  Stmt copy = loop;
  Stmts made, after;
  for (const Held& h : held) {
    if (!touched_beside(site, h)) return std::nullopt;
    Stmts one{copy};
    replace(one, h.element, h.name);
    copy = one[0];
    made.push_back(make_declare(h.type, h.name, h.element));
    after.push_back(make_expression(Expr::assign(h.element, "=", Expr::name(h.name))));
  }
  made.push_back(copy);
  made.insert(made.end(), after.begin(), after.end());
  auto text =
      commit(site, made, facts,
             to_text(held[0].element) + " stays in a register during the loop over " + loop.name + ".");
  if (!text) return std::nullopt;
  return Rewritten{*text, to_text(held[0].element) + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> register_accumulator(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_accumulation(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
