// SPDX-License-Identifier: MIT
// Elements that an inner loop reads with gaps (p[i].x, a[3 * i + c], b[k * n + j]) and an outer loop reads
// again: copied once into a contiguous table, in the order in which the inner loops want them.
#include "ke-build/search/rewrites/precompute.h"

#include <algorithm>

namespace ke {
namespace {

// Does the inner loop jump over elements that it does not read?
bool has_gaps(const Repeated& found, const Stmt& innermost, const Site& outer) {
  const bool inner = !found.over.empty() && found.over.back() == &innermost;
  const Expr& value = bare(found.value);
  if (!inner) return false;
  const Expr* element = &value;
  while (element->is(Expr::Kind::member) && element->text[0] == '.') element = &bare(element->kids[0]);
  if (!element->is(Expr::Kind::subscript)) return false;
  const bool member = element != &value;
  const auto index = poly_of(element->kids[1], *outer.symbols);
  const auto stride = index ? index->coefficient(innermost.name) : std::nullopt;
  if (!stride || stride->is_zero()) return false;
  const auto gap = stride->constant();
  return member || !gap || std::abs(*gap) > 1;
}

}  // namespace

std::vector<Rewritten> pack_strided(const Unit& unit, const RewriteRules& rules, int) {
  return precompute(unit, rules,
                    {has_gaps, false, 4, "copied once, without gaps, for all iterations of the loop over "});
}

}  // namespace ke
