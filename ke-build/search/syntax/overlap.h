// SPDX-License-Identifier: MIT
// The run-time check that arrays do not overlap, over everything that a loop nest touches.
#pragma once

#include "ke-build/search/syntax/depend.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct OverlapTest {
  Expr condition;                // ke_disjoint(...) && ...
  Stmts before;                  // finds the rows that subscripts such as table[ids[i] * n + j] reach
  const Stmt* region = nullptr;  // the loop in front of which the test stands
};

/// The test for the unchecked pairs, in front of the whole nest where that can be written, else of the site's
/// loop. Nothing when an extent is neither affine nor found by looking at an index array.
std::optional<OverlapTest> overlap_test(const Site& site, const Independence& independence);

/// Where the accesses of `base` in the region begin and where they end, as pointers. Nothing when that cannot
/// be written before the region runs.
std::optional<std::pair<Expr, Expr>> reach_of(const Site& site, const Stmt& region, const std::string& base);

}  // namespace ke
