// SPDX-License-Identifier: MIT
// Places and weights of columns, as resizing and resampling work them out again for every row: conversions
// between integers and floating numbers, divisions, clamps, once per call into tables. The loop that is left
// only loads and multiplies. Every value has the bits that it had.
#include "ke-build/search/rewrites/precompute.h"

namespace ke {
namespace {

// One operation by itself is cheaper than a load.
bool is_awkward(const Repeated& found, const Stmt&, const Site&) {
  if (!rounds_by_itself(found.use) || found.over.size() != 1) return false;
  int operations = 0;
  bool awkward = false, loads = false;
  walk(found.value, [&](const Expr& e) {
    operations += e.is(Expr::Kind::binary) || e.is(Expr::Kind::call) || e.is(Expr::Kind::cast);
    awkward = awkward || e.is(Expr::Kind::call) || e.is(Expr::Kind::cast) || e.is(Expr::Kind::conditional) ||
              e.is(Expr::Kind::binary, "/") || e.is(Expr::Kind::binary, "%");
    loads = loads || e.is(Expr::Kind::subscript) || e.is(Expr::Kind::member);
  });
  return awkward && operations > 1 && !loads;
}

}  // namespace

std::vector<Rewritten> column_tables(const Unit& unit, const RewriteRules& rules, int) {
  return precompute(unit, rules,
                    {is_awkward, false, 2, "worked out once for all iterations of the loop over "});
}

}  // namespace ke
