// SPDX-License-Identifier: MIT
// Two loops over the same range, one behind the other, as one: what the first writes is read while it is
// still in a register. Whatever both touch must be touched in the same iteration.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

bool calm(const Stmt& loop, const Symbols& symbols, Effects& effects) {
  effects = effects_of(loop.body, symbols.pure);
  return loop.step == 1 && !effects.unknown && !effects.leaves && !effects.continues &&
         !has_inner_loop(loop.body) && !has_opaque(loop.body) && !counter_type(loop).empty();
}

// Accesses of two traces fall into the same iteration, and never meet in another one.
bool keeps_step(const Trace& a, const Trace& b, const std::string& name) {
  if (!a.index || !b.index || !(*a.index == *b.index)) return false;
  const auto stride = a.index->coefficient(name);
  const auto constant = stride ? stride->constant() : std::nullopt;
  return constant && *constant != 0;
}

bool scalars_apart(const Effects& first, const Effects& second) {
  const auto touches = [](const Effects& e, const std::string& n) {
    return e.scalar_reads.count(n) != 0 || e.scalar_writes.count(n) != 0;
  };
  for (const std::string& name : first.scalar_writes)
    if (!first.declared.count(name) && touches(second, name) && !second.declared.count(name)) return false;
  for (const std::string& name : second.scalar_writes)
    if (!second.declared.count(name) && touches(first, name) && !first.declared.count(name)) return false;
  return std::none_of(first.declared.begin(), first.declared.end(), [&](const std::string& n) {
    return touches(second, n) || second.declared.count(n) != 0;
  });
}

std::optional<Rewritten> fuse_behind(const Site& site, const Stmt& next) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  Effects first, second;
  if (!calm(loop, symbols, first) || !calm(next, symbols, second)) return std::nullopt;
  const bool same_range = counter_type(loop) == counter_type(next) &&
                          same(bare(loop.lower), bare(next.lower)) &&
                          same(bare(exclusive_upper(loop)), bare(exclusive_upper(next)));
  if (!same_range || !scalars_apart(first, second)) return std::nullopt;
  // The second counter takes the name of the first, which may mean something else in there.
  if (next.name != loop.name && mentions(next.body, loop.name)) return std::nullopt;
  const Stmts bounds{make_expression(loop.lower), make_expression(exclusive_upper(loop))};
  const Effects bounds_read = effects_of(bounds, symbols.pure);
  for (const std::string& name : bounds_read.scalar_reads)
    if (first.scalar_writes.count(name) || second.scalar_writes.count(name)) return std::nullopt;
  Stmts behind = next.body;
  rename(behind, next.name, loop.name);
  std::set<NamePair> unchecked;
  bool shared = false;
  const std::vector<Trace> before = traces_of(loop.body, symbols), after = traces_of(behind, symbols);
  for (const Trace& a : before)
    for (const Trace& b : after) {
      if (a.base == b.base) shared = true;
      if (!a.write && !b.write) continue;
      if (a.base == b.base ? !keeps_step(a, b, loop.name) : !is_separate(site, a.base, b.base)) {
        if (a.base == b.base || !a.known_base || !b.known_base) return std::nullopt;
        unchecked.insert(std::minmax(a.base, b.base));
      }
    }
  if (!shared || !unchecked.empty()) return std::nullopt;
  // Bounds that are read from memory stand still as long as nothing is written there.
  for (const Trace& bound : traces_of(bounds, symbols))
    for (const std::vector<Trace>* traces : {&before, &after})
      for (const Trace& t : *traces)
        if (t.write && (t.base == bound.base || !is_separate(site, t.base, bound.base))) return std::nullopt;
  Stmt fused = loop;
  fused.body.insert(fused.body.end(), behind.begin(), behind.end());
  // The first loop goes, the second one does the work of both.
  const std::string without = replace_statement(*site.unit, next, {});
  Unit rest = *site.unit;
  rest.text = without;
  std::string text = replace_statement(rest, loop, {make_comment("One pass instead of two."), fused});
  if (!parses_as_well(*site.unit, text)) return std::nullopt;
  return Rewritten{text, where(site)};
}

}  // namespace

std::vector<Rewritten> fuse(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    const Stmt* around = site.path.size() > 1 ? site.path[site.path.size() - 2] : nullptr;
    const Stmts* list = !around ? &site.function->body : &around->body;
    for (size_t i = 0; i + 1 < list->size(); ++i) {
      if (&(*list)[i] != &site.loop() || !(*list)[i + 1].is(Stmt::Kind::loop)) continue;
      if (auto made = fuse_behind(site, (*list)[i + 1])) out.push_back(*made);
    }
  }
  return out;
}

}  // namespace ke
