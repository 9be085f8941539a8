// SPDX-License-Identifier: MIT
// Distribution of a loop body over a strip of iterations ("lanes"): statements that are the same for all
// lanes are done once, inner loops move outside, and what differs from lane to lane ends up in innermost
// loops over the lanes.
#pragma once

#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <set>
#include <string>

namespace ke {

/// Names whose value differs between iterations of the loop over `variable`, and what is made of `others`.
std::set<std::string> varying_names(const Stmts& body, const std::string& variable, const Symbols& symbols,
                                    const std::set<std::string>& others = {});
bool is_varying(const Expr& expr, const std::set<std::string>& varying);

struct Distribution {
  Stmts body;           // to run once per strip; `variable` is the strip's first iteration
  int moved_loops = 0;  // inner loops that now enclose a loop over lanes
  int lane_loops = 0;
  int clamped = 0;  // border tests that became bounds of a lane loop
};

/// Nothing when a statement cannot be distributed. `width`: lanes of this strip, an expression that is valid
/// in the body; `capacity`: the most lanes that a strip has.
std::optional<Distribution> distribute(const Site& site, const Expr& width, int capacity);

}  // namespace ke
