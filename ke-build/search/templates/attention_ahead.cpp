// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/attention_parts.h"

#include <algorithm>

namespace ke {
namespace {

bool is_private(const AttentionSite& site, const std::string& array) {
  const Symbols& symbols = *site.region.symbols;
  const auto type = symbols.types.find(array);
  const bool own = symbols.locals.count(array) && type != symbols.types.end() &&
                   type->second.find('*') == std::string::npos && type->second.find('&') == std::string::npos;
  return own && !used_outside(site.region, array);
}

bool distinct_loops(const AttentionSite& site) {
  std::set<std::string> loops{site.region.loop().name};
  for (const Stmt* loop : {site.depth, site.key, site.width}) {
    if (counter_type(*loop).empty()) return false;
    // The same name for columns and products is no trouble: they are never in one element.
    const bool fresh = loops.insert(loop->name).second;
    if (!fresh && (loop != site.width || loop->name != site.depth->name)) return false;
  }
  return true;
}

// The largest score is searched from a value that is known before, and nothing else sets it.
bool search_is_known(AttentionSite& site, AttentionFacts& facts) {
  const Symbols& symbols = *site.region.symbols;
  const auto start = facts.values.find(site.most);
  if (start == facts.values.end()) return false;
  const bool first = facts.from_first[site.most];
  site.start = first ? raw("-__builtin_inf()") : known_before(start->second, facts.effects, symbols);
  if (!first && !is_invariant(site.start, facts.effects, symbols)) return false;
  for (const std::string* name : {&site.most, &site.total}) {
    const auto type = symbols.types.find(*name);
    if (type == symbols.types.end() || !is_floating_type(value_type(type->second))) return false;
  }
  return std::none_of(facts.kept.begin(), facts.kept.end(), [&](const Stmt* s) {
    return effects_of(Stmts{*s}, symbols.pure).scalar_writes.count(site.most) != 0;
  });
}

// Bounds and offsets have their values before the queries begin, and keep them.
bool stands_still(AttentionSite& site, const Effects& effects) {
  const Symbols& symbols = *site.region.symbols;
  const std::string& query = site.region.loop().name;
  site.ends_differ = mentions(site.end, query);
  for (const Expr& bound : {site.key->lower, site.depth->lower, exclusive_upper(*site.depth),
                            site.width->lower, exclusive_upper(*site.width), site.region.loop().lower})
    if (!is_invariant(bound, effects, symbols) || !poly_of(bound, symbols)) return false;
  Expr end = site.end;
  substitute(end, query, Expr::number(0));
  if (!is_invariant(end, effects, symbols) || !is_invariant(site.region.loop().upper, effects, symbols))
    return false;
  const std::set<std::string> loops{query, site.depth->name, site.key->name, site.width->name};
  std::vector<const Element*> elements{&site.q, &site.k, &site.v};
  if (site.bias) elements.push_back(&*site.bias);
  for (const Element* element : elements)
    for (const std::string& name : element->index.names())
      if (!loops.count(name) && (effects.declared.count(name) || effects.scalar_writes.count(name)))
        return false;
  return true;
}

// Nothing in the region may write what the kernel reads ahead; what is not known is checked at run time.
bool inputs_stand(AttentionSite& site, const AttentionFacts& facts) {
  const Site& region = site.region;
  std::vector<std::string> read{site.q.base, site.k.base, site.v.base};
  if (site.bias) read.push_back(site.bias->base);
  std::set<NamePair> unchecked;
  for (const Trace& trace : traces_of(Stmts{region.loop()}, *region.symbols)) {
    if (!trace.write || trace.base == facts.scores || trace.base == facts.raised) continue;
    if (!trace.known_base) return false;
    if (facts.effects.declared.count(trace.base)) continue;
    for (const std::string& base : read) {
      if (base == trace.base || base == facts.scores || base == facts.raised) return false;
      if (!is_separate(region, base, trace.base)) unchecked.insert(std::minmax(base, trace.base));
    }
  }
  site.independence.holds = true;
  site.independence.unchecked.assign(unchecked.begin(), unchecked.end());
  return true;
}

}  // namespace

Expr known_before(Expr e, const Effects& effects, const Symbols& symbols) {
  for (int round = 0; round < 4; ++round)
    for (const std::string& name : names_in(e))
      if (const auto known = symbols.values.find(name);
          known != symbols.values.end() && effects.declared.count(name))
        substitute(e, name, Expr{Expr::Kind::group, "", {known->second}});
  return e;
}

bool is_invariant(const Expr& e, const Effects& effects, const Symbols& symbols) {
  const Effects reads = effects_of(e, symbols.pure);
  if (reads.unknown || !reads.scalar_writes.empty() || !reads.accesses.empty()) return false;
  const std::set<std::string> names = names_in(e);
  return std::none_of(names.begin(), names.end(), [&](const std::string& name) {
    return name[0] == '@' || effects.declared.count(name) || effects.scalar_writes.count(name);
  });
}

bool can_run_ahead(AttentionSite& site, AttentionFacts& facts) {
  return is_private(site, facts.scores) && (facts.raised.empty() || is_private(site, facts.raised)) &&
         distinct_loops(site) && search_is_known(site, facts) && stands_still(site, facts.effects) &&
         inputs_stand(site, facts);
}

}  // namespace ke
