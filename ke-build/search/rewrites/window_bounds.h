// SPDX-License-Identifier: MIT
// Where a window lies along a row: `for (x = max(o * s - p, 0); x < min(o * s - p + k, w); ++x)`, and the
// same as tests inside of a loop over the whole window.
#pragma once

#include "ke-build/search/syntax/poly.h"
#include "ke-build/search/syntax/site.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// Columns from `start` to below `start + length`: those count that are below none of `lows` and below all of
/// `highs`.
struct WindowBounds {
  Poly start, step, length;  // start holds step * the variable of the loop over windows
  std::vector<Poly> lows, highs;
  Poly column;                // in terms of the loop over the window, and of the one over windows
  std::vector<Expr> uniform;  // tests that are the same for all columns and windows
};

/// The bounds of the window that `loop` runs over in iteration `over` of a loop around it. `tests`: all that
/// lets an element count; `usual`: the column where neither they nor the loop's bounds say.
std::optional<WindowBounds> window_bounds(const Stmt& loop, const std::string& over,
                                          const std::vector<Expr>& tests, const Poly& usual,
                                          const Symbols& symbols);

}  // namespace ke
