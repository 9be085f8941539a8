// SPDX-License-Identifier: MIT
// Interchanges a perfect nest of two loops when the outer one is contiguous in memory and the inner one is
// not.
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

// How many accesses step by one element, minus how many jump, when `variable` is the innermost loop.
int contiguity(const Stmts& body, const std::string& variable, const Symbols& symbols) {
  int score = 0;
  for (const Trace& t : traces_of(body, symbols)) {
    auto factor = t.index ? t.index->coefficient(variable) : std::nullopt;
    if (!factor || factor->is_zero()) continue;
    score += factor->constant().value_or(0) == 1 ? 1 : -1;
  }
  return score;
}

std::optional<Rewritten> rewrite_order(const Site& site) {
  const Stmt& outer = site.loop();
  if (outer.body.size() != 1 || !outer.body[0].is(Stmt::Kind::loop)) return std::nullopt;
  const Stmt& inner = outer.body[0];
  bool bounds_depend = mentions(inner.lower, outer.name) || mentions(inner.upper, outer.name);
  if (bounds_depend || has_opaque(inner.body) || is_remainder(inner) || is_lane_loop(inner))
    return std::nullopt;
  if (contiguity(inner.body, outer.name, *site.symbols) <= contiguity(inner.body, inner.name, *site.symbols))
    return std::nullopt;
  Independence facts = independence_of(site);
  if (!facts.holds || effects_of(inner.body).leaves) return std::nullopt;
  Stmt moved_out = inner, moved_in = outer;
  moved_in.body = inner.body;
  moved_out.body = {moved_in};
  auto text = commit(site, {moved_out}, facts,
                     "The loop over " + outer.name + " is innermost: memory is contiguous in it.");
  if (!text) return std::nullopt;
  return Rewritten{*text, outer.name + " and " + inner.name + " on " + where(site)};
}

}  // namespace

std::vector<Rewritten> interchange(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_order(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
