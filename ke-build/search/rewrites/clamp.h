// SPDX-License-Identifier: MIT
// Border tests as bounds: which lanes of a strip satisfy `0 <= x + k - 1 && x + k - 1 < w`?
#pragma once

#include "ke-build/search/syntax/poly.h"
#include "ke-build/search/syntax/site.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// Stands for the strip's first iteration in limits until all other uses of the loop variable have become `v
/// + lane`.
inline constexpr const char* kStripStart = "ke_strip_start";

struct LaneBounds {
  std::vector<Expr> first, last;  // lower limits (inclusive) and upper limits (exclusive) on the lane
  std::vector<Expr> uniform;      // parts of the test that are the same for all lanes
  std::vector<Expr> wrap;         // conditions under which the loop over lanes runs at all
  std::optional<Expr> remaining;  // parts that stay a test per lane
  bool found() const { return !first.empty() || !last.empty(); }
};

/// `negated`: the condition says which lanes are skipped (`if (x < 0 || x >= w) continue;`), else which ones
/// run.
LaneBounds lane_bounds(const Expr& condition, bool negated, const Site& site,
                       const std::set<std::string>& varying);

}  // namespace ke
