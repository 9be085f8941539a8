// SPDX-License-Identifier: MIT
// Reductions into several lanes: s += e, s = max(s, e), if (e > m) m = e, and the same with an index. One
// accumulator makes every step wait for the one before; lanes do not wait, and the inner loop over lanes
// vectorises without -ffast-math. The order of evaluation of the elements stays the same, so other stores in
// the loop are harmless.
#include "ke-build/search/rewrites/reduction.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

size_t uses(const Stmts& statements, const std::string& name) {
  size_t count = 0;
  walk_expressions(statements, [&](const Expr& e) { count += e.is(Expr::Kind::name, name); });
  return count;
}

void find_matches(const Stmts& statements, const std::string& variable, std::vector<Match>& out) {
  for (const Stmt& s : statements) {
    Match match;
    if (match_assignment(s, match) || (match = Match{}, match_branch(s, variable, match))) {
      match.uses = uses({s}, match.accumulator.name);
      out.push_back(match);
      continue;
    }
    find_matches(s.body, variable, out);
    find_matches(s.otherwise, variable, out);
  }
}

// The reductions of a loop, or nothing when something else in it needs their intermediate values.
std::vector<Accumulator> accumulators_of(const Site& site) {
  const Stmt& loop = site.loop();
  Effects effects = effects_of(loop.body, site.symbols->pure);
  if (loop.step != 1 || effects.unknown || effects.leaves || has_inner_loop(loop.body) ||
      has_opaque(loop.body))
    return {};
  std::vector<Match> matches;
  find_matches(loop.body, loop.name, matches);
  std::vector<Accumulator> found;
  std::set<std::string> covered;
  for (Match& match : matches) {
    Accumulator& a = match.accumulator;
    if (effects.declared.count(a.name)) continue;
    if (uses(loop.body, a.name) != match.uses || !covered.insert(a.name).second) return {};
    a.type = value_type(site.symbols->types.count(a.name) ? site.symbols->types.at(a.name) : "");
    if (!a.index.empty()) {
      a.index_type = value_type(site.symbols->types.count(a.index) ? site.symbols->types.at(a.index) : "");
      if (!is_integer_type(a.index_type) || uses(loop.body, a.index) != 1 || !covered.insert(a.index).second)
        return {};
    }
    if (!is_floating_type(a.type) && !is_integer_type(a.type)) return {};
    found.push_back(a);
  }
  for (const std::string& name : effects.scalar_writes)
    if (!effects.declared.count(name) && !covered.count(name)) return {};
  // Integer sums vectorise as they are.
  bool worth = std::any_of(found.begin(), found.end(),
                           [](const Accumulator& a) { return is_floating_type(a.type) || !a.index.empty(); });
  return worth ? found : std::vector<Accumulator>{};
}

std::string lanes_of(const std::string& name) { return name + "_lanes"; }
Expr lane_of(const std::string& name, const std::string& lane) {
  return Expr::subscript(Expr::name(lanes_of(name)), Expr::name(lane));
}

// lane = e > lane ? e : lane, as statements that the vectoriser turns into compare and blend.
Stmts select(const Match& match, const std::string& lane) {
  const Accumulator& a = match.accumulator;
  std::string op = a.kind == Reduction::greater ? ">" : "<";
  Expr kept = lane_of(a.name, lane), element = match.element;
  Stmts out;
  if (!bare(element).is(Expr::Kind::name) && !bare(element).is(Expr::Kind::subscript)) {
    out.push_back(make_declare("const " + a.type, a.name + "_candidate", element));
    element = Expr::name(a.name + "_candidate");
  }
  if (!a.index.empty()) {
    Expr where = lane_of(a.index, lane);
    out.push_back(make_declare("const bool", a.name + "_better", Expr::binary(element, op, kept)));
    Expr better = Expr::name(a.name + "_better");
    out.push_back(make_expression(Expr::assign(kept, "=", Expr::conditional(better, element, kept))));
    out.push_back(
        make_expression(Expr::assign(where, "=", Expr::conditional(better, Expr::name("@index"), where))));
    return out;
  }
  out.push_back(make_expression(
      Expr::assign(kept, "=", Expr::conditional(Expr::binary(element, op, kept), element, kept))));
  return out;
}

using Accumulators = std::map<std::string, Accumulator>;

Stmts in_lanes(const Stmts& statements, const std::string& variable, const Accumulators& names,
               const std::string& lane) {
  Stmts out;
  for (const Stmt& s : statements) {
    Match match;
    bool found = match_assignment(s, match) || (match = Match{}, match_branch(s, variable, match));
    if (found && names.count(match.accumulator.name) && match.accumulator.kind != Reduction::add) {
      Expr index;
      match.accumulator.type = names.at(match.accumulator.name).type;
      for (const Stmt& part : s.body)
        if (part.value.kids[0].text == match.accumulator.index) index = part.value.kids[1];
      Stmts chosen = select(match, lane);
      substitute(chosen, "@index", index);
      out.insert(out.end(), chosen.begin(), chosen.end());
      continue;
    }
    Stmt copy = s;
    copy.body = in_lanes(s.body, variable, names, lane);
    copy.otherwise = in_lanes(s.otherwise, variable, names, lane);
    if (found && names.count(match.accumulator.name)) {
      Stmts one{copy};
      substitute(one, match.accumulator.name, lane_of(match.accumulator.name, lane));
      copy = one[0];
    }
    out.push_back(copy);
  }
  return out;
}

void declare_lanes(const std::vector<Accumulator>& all, const std::string& type, const std::string& lane,
                   int lanes, Stmts& out) {
  Stmts fill;
  for (const Accumulator& a : all) {
    Stmt array = make_array(a.type, lanes_of(a.name), Expr::number(lanes));
    if (a.kind == Reduction::add) {
      array.has_init = true;
      array.value = Expr{Expr::Kind::opaque, "{}", {}};
    } else {
      fill.push_back(make_expression(Expr::assign(lane_of(a.name, lane), "=", Expr::name(a.name))));
    }
    out.push_back(array);
    if (a.index.empty()) continue;
    out.push_back(make_array(a.index_type, lanes_of(a.index), Expr::number(lanes)));
    fill.push_back(make_expression(Expr::assign(lane_of(a.index, lane), "=", Expr::name(a.index))));
  }
  if (!fill.empty()) out.push_back(lane_loop(type, lane, Expr::number(lanes), fill));
}

// `into = better ? from : into`, for one accumulator; of equal elements the first one counts, as in the plain
// loop.
Stmts merge(const Accumulator& a, const Expr& into, const Expr& from, const Expr& into_at,
            const Expr& from_at) {
  if (a.kind == Reduction::add) return {make_expression(Expr::assign(into, "+=", from))};
  Expr better = Expr::binary(from, a.kind == Reduction::greater ? ">" : "<", into);
  if (a.index.empty())
    return {make_expression(Expr::assign(into, "=", Expr::conditional(better, from, into)))};
  Expr earlier = Expr::binary(Expr::binary(from, "==", into), "&&", Expr::binary(from_at, "<", into_at));
  std::string name = a.name + "_better";
  return {
      make_declare("const bool", name, Expr::binary(better, "||", Expr{Expr::Kind::group, "", {earlier}})),
      make_expression(Expr::assign(into, "=", Expr::conditional(Expr::name(name), from, into))),
      make_expression(Expr::assign(into_at, "=", Expr::conditional(Expr::name(name), from_at, into_at)))};
}

// The lanes are folded to 8 by vector operations; the last 8 one by one.
Stmts combine(const std::vector<Accumulator>& all, const std::string& type, const std::string& lane,
              int lanes) {
  constexpr int kLast = 8;
  Expr at = Expr::name(lane), shifted = Expr::binary(Expr::name("lane_part"), "+", at);
  Stmts fold, last;
  for (const Accumulator& a : all) {
    auto element = [](const std::string& name, const Expr& index) {
      return name.empty() ? Expr{} : Expr::subscript(Expr::name(lanes_of(name)), index);
    };
    for (const Stmt& s : merge(a, element(a.name, at), element(a.name, shifted), element(a.index, at),
                               element(a.index, shifted)))
      fold.push_back(s);
    for (const Stmt& s :
         merge(a, Expr::name(a.name), element(a.name, at), Expr::name(a.index), element(a.index, at)))
      last.push_back(s);
  }
  Stmts out;
  if (lanes > kLast)
    out.push_back(make_loop(type, "lane_part", Expr::number(kLast), Expr::number(lanes), kLast,
                            {lane_loop(type, lane, Expr::number(kLast), fold)}));
  out.push_back(lane_loop(type, lane, Expr::number(std::min(lanes, kLast)), last));
  return out;
}

// An index that starts past the first element would lose ties that it should win: only indices of this loop
// are compared.
bool index_starts_first(const Accumulator& a, const Site& site) {
  if (a.index.empty()) return true;
  const Stmt* declared = nullptr;
  walk(site.function->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) && s.name == a.index) declared = &s;
  });
  auto lower = poly_of(site.loop().lower, *site.symbols);
  auto start = declared && declared->has_init ? poly_of(declared->value, *site.symbols) : std::nullopt;
  return lower && start && (*lower - *start).constant().value_or(-1) >= 0;
}

std::optional<Rewritten> rewrite_sum(const Site& site, int lanes) {
  std::vector<Accumulator> all = accumulators_of(site);
  std::string type = counter_type(site.loop());
  if (all.empty() || type.empty() || mentions(site.loop(), "lane")) return std::nullopt;
  Accumulators names;
  for (const Accumulator& a : all) {
    names.emplace(a.name, a);
    bool taken = fresh_name(*site.function, lanes_of(a.name)) != lanes_of(a.name);
    if (taken || !index_starts_first(a, site)) return std::nullopt;
  }
  const std::string& v = site.loop().name;
  Stmts body = in_lanes(site.loop().body, v, names, "lane");
  substitute(body, v, Expr::binary(Expr::name(v), "+", Expr::name("lane")));
  auto strips = strip_mine(site, lanes, {lane_loop(type, "lane", Expr::number(lanes), body)});
  if (!strips) return std::nullopt;
  // Short rows must not pay for lanes that they hardly fill.
  bool indexed = std::any_of(all.begin(), all.end(), [](const Accumulator& a) { return !a.index.empty(); });
  const Stmt& loop = site.loop();
  Stmt tail = (*strips)[0];
  Expr few =
      Expr::binary(exclusive_upper(loop), "<", sum(loop.lower, Expr::number(lanes * (indexed ? 4 : 2))));
  tail.value = Expr::conditional(few, loop.lower,
                                 tail.value.is(Expr::Kind::conditional) ? tail.value.kids[1] : tail.value);
  Stmts filled;
  declare_lanes(all, type, "lane", lanes, filled);
  filled.push_back((*strips)[1]);
  Stmts merged = combine(all, type, "lane", lanes);
  filled.insert(filled.end(), merged.begin(), merged.end());
  Stmts out{tail, make_branch(Expr::binary(Expr::name(tail.name), ">", loop.lower), filled), (*strips)[2]};
  auto text = commit(site, out, {true, {}, {}},
                     std::to_string(lanes) +
                         " partial results that do not wait for each other, so that the loop vectorises.");
  if (!text) return std::nullopt;
  return Rewritten{*text, "lanes=" + std::to_string(lanes) + " on " + where(site)};
}

}  // namespace

std::vector<Rewritten> multi_accumulator(const Unit& unit, const RewriteRules& rules, int lanes) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_sum(site, lanes)) out.push_back(*made);
  return out;
}

}  // namespace ke
