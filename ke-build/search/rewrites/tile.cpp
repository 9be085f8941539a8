// SPDX-License-Identifier: MIT
// Tiles a perfect nest of two loops whose iterations are independent: what one of them touches with a large
// stride is used again before it leaves the cache (transposition, strided copies).
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

// Only arrays that are contiguous in the outer loop but not in the inner one gain from tiles.
bool is_strided(const Site& outer, const Stmt& inner) {
  for (const Trace& t : traces_of(inner.body, *outer.symbols)) {
    if (!t.index) continue;
    auto a = t.index->coefficient(outer.loop().name), b = t.index->coefficient(inner.name);
    if (a && b && a->constant().value_or(0) == 1 && !b->constant() && !b->is_zero()) return true;
  }
  return false;
}

const Stmt* only_loop(const Stmts& body) {
  const Stmt* found = nullptr;
  for (const Stmt& s : body) {
    if (s.is(Stmt::Kind::comment)) continue;
    if (found || !s.is(Stmt::Kind::loop)) return nullptr;
    found = &s;
  }
  return found;
}

// `for (v_block = lower; v_block < upper; v_block += size) { const T v_end = ...; body }`
Stmt block_loop(const Stmt& loop, const std::string& block, const std::string& end, int size, Stmts body) {
  Expr upper = exclusive_upper(loop), start = Expr::name(block), width = Expr::number(size);
  Expr left = difference(upper, start);
  Expr last = Expr::conditional(Expr::binary(left, "<", width), upper, Expr::binary(start, "+", width));
  body.insert(body.begin(), make_declare("const " + counter_type(loop), end, last));
  return make_loop(counter_type(loop), block, loop.lower, upper, size, std::move(body));
}

Stmt inside_block(const Stmt& loop, const std::string& block, const std::string& end, Stmts body) {
  return make_loop(counter_type(loop), loop.name, Expr::name(block), Expr::name(end), 1, std::move(body));
}

// size < 0: the loops inside a tile change places.
std::optional<Rewritten> rewrite_tiles(const Site& site, int size) {
  const Stmt& outer = site.loop();
  const Stmt* inner = only_loop(outer.body);
  bool fits = inner && outer.step == 1 && inner->step == 1 && !mentions(inner->lower, outer.name) &&
              !mentions(inner->upper, outer.name) && !has_inner_loop(inner->body) && !has_opaque(inner->body);
  if (!fits || counter_type(outer).empty() || counter_type(*inner).empty() ||
      ends_with(outer.lower.text, "_block"))
    return std::nullopt;
  if (!is_strided(site, *inner)) return std::nullopt;
  Independence facts = independence_of(site);
  if (!facts.holds || effects_of(inner->body).leaves) return std::nullopt;
  Site within = site;
  within.path.push_back(inner);
  Independence inner_facts = independence_of(within);
  if (!inner_facts.holds) return std::nullopt;
  int width = size < 0 ? -size : size;
  auto name = [&](const Stmt& loop, const char* suffix) {
    return fresh_name(*site.function, loop.name + suffix);
  };
  std::string ob = name(outer, "_block"), oe = name(outer, "_end"), ib = name(*inner, "_block"),
              ie = name(*inner, "_end");
  Stmt deep = size < 0 ? inside_block(*inner, ib, ie, {inside_block(outer, ob, oe, inner->body)})
                       : inside_block(outer, ob, oe, {inside_block(*inner, ib, ie, inner->body)});
  Stmts made{block_loop(outer, ob, oe, width, {block_loop(*inner, ib, ie, width, {deep})})};
  std::string shape = std::to_string(width) + " x " + std::to_string(width);
  auto text = commit(site, made, facts,
                     "Tiles of " + shape + ": both arrays stay in the cache while a tile is done.");
  if (!text) return std::nullopt;
  return Rewritten{*text, shape + (size < 0 ? " (loops swapped inside)" : "") + " on " + where(site)};
}

}  // namespace

std::vector<Rewritten> tile(const Unit& unit, const RewriteRules& rules, int size) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_tiles(site, size)) out.push_back(*made);
  return out;
}

}  // namespace ke
