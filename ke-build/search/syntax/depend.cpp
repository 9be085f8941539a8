// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/depend.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

// Is every term of p a multiple of the one-term polynomial s?
bool is_multiple(const Poly& p, const Poly& s) {
  auto terms = s.terms();
  if (terms.size() != 1) return false;
  const auto& [factors, scale] = *terms.begin();
  for (const auto& [m, c] : p.terms())
    if (c % scale != 0 || !std::includes(m.begin(), m.end(), factors.begin(), factors.end())) return false;
  return true;
}

// x[c * rows + r] with 0 <= r < rows: everything but r moves in whole rows, so different r never meet.
bool fits_between(const Trace& p, const Trace& q, const Poly& stride, const Stmt& loop,
                  const Symbols& symbols) {
  auto unit = stride.constant();
  auto low = first_value(loop, symbols), high = last_value(loop, symbols);
  if (!unit || *unit == 0 || !low || !high) return false;
  Poly reach = (*high - *low) * Poly(std::abs(*unit));
  Poly rest_p = p.index->without(loop.name), rest_q = q.index->without(loop.name);
  std::vector<Poly> steps;
  for (const auto& [rest, trace] : {std::pair{&rest_p, &p}, std::pair{&rest_q, &q}})
    for (const Stmt* inner : trace->loops) {
      auto factor = rest->coefficient(inner->name);
      if (!factor) return false;
      if (factor->is_zero()) continue;
      steps.push_back(*factor);
      *rest = rest->without(inner->name);
    }
  if (!(rest_p == rest_q)) return false;
  for (const Poly& row : steps) {
    if (row.terms().size() != 1 || row.terms().begin()->second < 0) continue;
    bool whole =
        std::all_of(steps.begin(), steps.end(), [&](const Poly& step) { return is_multiple(step, row); });
    if (whole && (row - reach - Poly(1)).is_nonnegative(symbols.loop_variables, true)) return true;
  }
  return false;
}

// Accesses p (iteration v) and q (iteration w != v) never meet: |coefficient| exceeds what the rest can span.
bool never_meet(const Trace& p, const Trace& q, const Stmt& loop, const Symbols& symbols) {
  if (!p.index || !q.index) return false;
  auto a = p.index->coefficient(loop.name), b = q.index->coefficient(loop.name);
  if (!a || !b || !(*a == *b) || a->is_zero()) return false;
  if (fits_between(p, q, *a, loop, symbols)) return true;
  // Only loops inside this one vary between the two; outer variables cancel or make the test fail below.
  Poly rest_p = p.index->without(loop.name), rest_q = q.index->without(loop.name);
  auto high_p = largest(rest_p, p, symbols), low_p = smallest(rest_p, p, symbols);
  auto high_q = largest(rest_q, q, symbols), low_q = smallest(rest_q, q, symbols);
  if (!high_p || !low_p || !high_q || !low_q) return false;
  std::set<std::string> variables = symbols.loop_variables;
  Poly stride = *a;
  if (auto c = stride.constant(); c && *c < 0) stride = Poly() - stride;
  return (stride - (*high_p - *low_q) - Poly(1)).is_nonnegative(variables, true) &&
         (stride - (*high_q - *low_p) - Poly(1)).is_nonnegative(variables, true);
}

bool types_differ(const std::string& a, const std::string& b, const Symbols& symbols) {
  const auto element = [&](const std::string& name) {
    const auto type = symbols.types.find(name);
    return type == symbols.types.end() ? "" : element_type(type->second);
  };
  return never_overlap(element(a), element(b));
}

// A field that is reached through a reference or a pointer may be what a loop writes: sizes are integers, and
// so is what could overwrite them.
bool may_write_fields(const std::vector<Trace>& traces, const Symbols& symbols) {
  return std::any_of(traces.begin(), traces.end(), [&](const Trace& t) {
    const auto type = symbols.types.find(t.base);
    return t.write && !is_own_storage(t.base, symbols) &&
           !(type != symbols.types.end() && is_floating_type(element_type(type->second)));
  });
}

bool reads_shared_field(const Poly& form, const Symbols& symbols) {
  for (const auto& [factors, scale] : form.terms())
    for (const std::string& factor : factors) {
      const bool field = factor.find('.') != std::string::npos || factor.find("->") != std::string::npos;
      if (!field || factor.find('[') != std::string::npos) continue;
      for (const std::string& name : identifiers(factor)) {
        const auto type = symbols.types.find(name);
        if (type != symbols.types.end() && type->second.find_first_of("&*") != std::string::npos) return true;
      }
    }
  return false;
}

bool scalars_allow(const Effects& effects, const std::set<std::string>& ordered) {
  if (effects.unknown || effects.leaves) return false;
  return std::all_of(
      effects.scalar_writes.begin(), effects.scalar_writes.end(),
      [&](const std::string& name) { return effects.declared.count(name) || ordered.count(name); });
}

}  // namespace

bool is_separate(const Site& site, const std::string& a, const std::string& b) {
  const Symbols& symbols = *site.symbols;
  // Traces end at such a name only where nobody knows what it points to: perhaps the other one.
  for (const std::string& name : {a, b})
    if (symbols.locals.count(name) && !is_own_storage(name, symbols)) return false;
  return site.noalias || is_own_storage(a, symbols) || is_own_storage(b, symbols) ||
         symbols.restricted.count(a) || symbols.restricted.count(b) ||
         site.disjoint.count(std::minmax(a, b)) || types_differ(a, b, symbols);
}

Independence independence_of(const Site& site, const std::set<std::string>& ordered) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  Independence result;
  Effects effects = effects_of(loop.body, symbols.pure);
  if (!scalars_allow(effects, ordered)) return result;
  std::vector<Trace> traces = traces_of(loop.body, symbols);
  // The loop's own bounds are read by every iteration.
  const Stmts bounds{make_expression(loop.lower), make_expression(loop.upper)};
  for (const Trace& read : traces_of(bounds, symbols)) traces.push_back(read);
  std::set<NamePair> unchecked, may_equal;
  const bool fields_change = !site.noalias && may_write_fields(traces, symbols);
  // A subscript through a variable that changes in the body says nothing about other iterations.
  auto changes = [&](const Trace& t) {
    if (!t.index || (fields_change && reads_shared_field(*t.index, symbols))) return true;
    for (const std::string& name : t.index->names()) {
      bool counted = name == loop.name || std::any_of(t.loops.begin(), t.loops.end(),
                                                      [&](const Stmt* l) { return l->name == name; });
      if (!counted && (effects.declared.count(name) || effects.scalar_writes.count(name))) return true;
    }
    return false;
  };
  // An array that is born in the body is private.
  const auto is_private = [&](const Trace& t) {
    return effects.declared.count(t.base) != 0 && is_own_storage(t.base, symbols);
  };
  for (const Trace& w : traces) {
    if (!w.write || is_private(w)) continue;
    if (!w.known_base) return result;
    for (const Trace& other : traces) {
      if (is_private(other)) continue;
      if (other.base == w.base) {
        if (changes(w) || changes(other) || !never_meet(w, other, loop, symbols)) return result;
        continue;
      }
      if (is_separate(site, w.base, other.base)) continue;
      if (!other.known_base) return result;
      unchecked.insert(std::minmax(w.base, other.base));
    }
  }
  for (const NamePair& pair : unchecked) {
    bool harmless = true;
    for (const Trace& a : traces)
      for (const Trace& b : traces) {
        bool both = (a.base == pair.first || a.base == pair.second) &&
                    (b.base == pair.first || b.base == pair.second);
        if (both && (a.write || b.write) && (changes(a) || changes(b) || !never_meet(a, b, loop, symbols)))
          harmless = false;
      }
    auto type_of = [&](const std::string& name) {
      auto t = symbols.types.find(name);
      return t == symbols.types.end() ? "" : element_type(t->second);
    };
    if (harmless && type_of(pair.first) == type_of(pair.second) && !type_of(pair.first).empty())
      may_equal.insert(pair);
  }
  result.holds = true;
  result.unchecked.assign(unchecked.begin(), unchecked.end());
  result.may_equal.assign(may_equal.begin(), may_equal.end());
  return result;
}

Independence independence_of_swapped(const Site& site, const std::set<std::string>& ordered,
                                     const Stmts& earlier, const Stmts& later) {
  Independence result = independence_of(site, ordered);
  if (!result.holds) return result;
  const std::vector<Trace> after = traces_of(later, *site.symbols);
  for (const Trace& a : traces_of(earlier, *site.symbols))
    for (const Trace& b : after) {
      if (!a.write && !b.write) continue;
      if (a.base == b.base || !a.known_base || !b.known_base) return {};
      // In place, one of them would see what the other one has not written yet.
      std::erase(result.may_equal, NamePair(std::minmax(a.base, b.base)));
    }
  return result;
}

}  // namespace ke
