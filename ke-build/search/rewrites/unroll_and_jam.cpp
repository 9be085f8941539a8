// SPDX-License-Identifier: MIT
// Unroll-and-jam: several iterations of an outer loop share each trip of the inner loops, so that what they
// load is used several times from registers (with outer_vectorize: register tiles).
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/distribute.h"

#include <algorithm>

namespace ke {
namespace {

class Jammer {
 public:
  Jammer(const Site& site, int factor, const std::set<std::string>& ordered)
      : variable_(site.loop().name), factor_(factor), ordered_(ordered) {
    const Effects effects = effects_of(site.loop().body);
    declared_ = effects.declared;
    // What changes inside one iteration belongs to it, even when it comes out the same for all of them.
    std::set<std::string> own;
    for (const std::string& name : effects.scalar_writes)
      if (declared_.count(name)) own.insert(name);
    for (const Access& a : effects.accesses)
      if (a.write && declared_.count(a.base)) own.insert(a.base);
    varying_ = varying_names(site.loop().body, variable_, *site.symbols);
    if (own.empty()) return;
    // A counter of inner loops has one name where they run once for all iterations.
    std::set<std::string> counters, made = varying_names(site.loop().body, variable_, *site.symbols, own);
    walk(site.loop().body, [&](const Stmt& s) {
      if (s.is(Stmt::Kind::loop)) counters.insert(s.name);
    });
    for (const std::string& name : made)
      if (!counters.count(name) || own.count(name)) varying_.insert(name);
  }

  bool list(const Stmts& statements, Stmts& out) {
    for (const Stmt& s : statements) {
      bool loop = s.is(Stmt::Kind::loop), branch = s.is(Stmt::Kind::branch);
      bool uniform_head = (loop && !is_varying(s.lower, varying_) && !is_varying(s.upper, varying_)) ||
                          s.is(Stmt::Kind::block) ||
                          (branch && !is_varying(s.value, varying_) && !varying_.count(s.name));
      // What runs once for all of them, or in parts, does not keep the order of a scalar from outside.
      const bool once = uniform_head || is_uniform_declaration(s);
      if (once && std::any_of(ordered_.begin(), ordered_.end(),
                              [&](const std::string& name) { return mentions(s, name); }))
        return false;
      if (uniform_head) {
        Stmt copy = s;
        copy.body.clear();
        copy.otherwise.clear();
        // Another loop of that name may follow the iteration (lanes that a border cuts off); this one does
        // not.
        const bool other = loop && varying_.erase(s.name) > 0;
        const bool listed = list(s.body, copy.body) && list(s.otherwise, copy.otherwise);
        if (other) varying_.insert(s.name);
        if (!listed) return false;
        jammed_loops_ += loop;
        out.push_back(copy);
      } else if (s.is(Stmt::Kind::comment) || s.is(Stmt::Kind::pragma) || is_uniform_declaration(s) ||
                 s.is(Stmt::Kind::jump)) {
        if (s.is(Stmt::Kind::jump) && !starts_with(s.text, "continue")) return false;
        out.push_back(s);
      } else {
        // A `continue` of one iteration must not skip the others.
        if (effects_of(Stmts{s}).continues) return false;
        for (int i = 0; i < factor_; ++i) out.push_back(copy_of(s, i));
      }
    }
    return true;
  }

  int jammed_loops() const { return jammed_loops_; }

  /// Does a name that the copies would get stand in the loop already?
  bool clashes(const Stmts& body) const {
    for (const std::string& name : varying_)
      for (int i = 0; i < factor_ && declared_.count(name); ++i)
        if (mentions(body, copy_name(name, i))) return true;
    return false;
  }

 private:
  bool is_uniform_declaration(const Stmt& s) const {
    return s.is(Stmt::Kind::declare) && !varying_.count(s.name) && written_once(s);
  }
  static bool written_once(const Stmt& s) { return starts_with(s.type, "const") || s.has_init; }

  static std::string copy_name(const std::string& name, int i) { return name + "_" + std::to_string(i); }

  Stmt copy_of(const Stmt& s, int i) const {
    Stmts one{s};
    for (const std::string& name : varying_)
      if (name != variable_ && declared_.count(name)) rename(one, name, copy_name(name, i));
    substitute(one, variable_, sum(Expr::name(variable_), Expr::number(i)));
    return one[0];
  }

  std::string variable_;
  int factor_;
  std::set<std::string> varying_, declared_, ordered_;
  int jammed_loops_ = 0;
};

// Scalars that live outside and are used by one statement of the body only: the copies of that statement keep
// their order.
std::set<std::string> ordered_scalars(const Site& site) {
  std::set<std::string> ordered;
  Effects effects = effects_of(site.loop().body, site.symbols->pure);
  for (const std::string& name : effects.scalar_writes) {
    if (effects.declared.count(name)) continue;
    int users = 0;
    bool leaf = false;
    for (const Stmt& s : site.loop().body)
      if (mentions(s, name)) {
        ++users;
        leaf = !has_inner_loop(Stmts{s});
      }
    if (users == 1 && leaf) ordered.insert(name);
  }
  return ordered;
}

std::optional<Rewritten> rewrite_outer_loop(const Site& site, int factor) {
  const Stmt& loop = site.loop();
  if (loop.step != 1 || !has_inner_loop(loop.body) || has_opaque(loop.body) || leaves_inner_loop(loop.body))
    return std::nullopt;
  const std::set<std::string> ordered = ordered_scalars(site);
  Independence independence = independence_of(site, ordered);
  if (!independence.holds) return std::nullopt;
  Jammer jammer(site, factor, ordered);
  Stmts body;
  if (jammer.clashes(loop.body) || !jammer.list(loop.body, body) || jammer.jammed_loops() == 0)
    return std::nullopt;
  auto made = strip_mine(site, factor, body);
  if (!made) return std::nullopt;
  auto text = commit(site, *made, independence,
                     std::to_string(factor) + " iterations of the loop over " + loop.name +
                         " share what the inner loops load.");
  if (!text) return std::nullopt;
  return Rewritten{*text, "factor=" + std::to_string(factor) + " on " + where(site)};
}

}  // namespace

std::vector<Rewritten> unroll_and_jam(const Unit& unit, const RewriteRules& rules, int factor) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_outer_loop(site, factor)) out.push_back(*made);
  return out;
}

}  // namespace ke
