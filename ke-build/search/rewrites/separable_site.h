// SPDX-License-Identifier: MIT
// Sums and extremes over windows that lie side by side, as pooling and box filters have them: what of a
// kernel is such a loop over windows.
#pragma once

#include "ke-build/search/rewrites/reduction.h"
#include "ke-build/search/rewrites/window_bounds.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct SeparableSite {
  Stmts before;                 // in front of the nest, and the same for all windows: bounds of rows
  const Stmt* nest = nullptr;   // the loops over one window, in the loop over windows
  const Stmt* inner = nullptr;  // the innermost, along the row of windows
  WindowBounds bounds;
  std::vector<Match> folds;  // one for each accumulator; elements are in terms of the column
  std::string column;        // its name there
};

/// Nothing unless every accumulator of the nest is a sum or an extreme of elements that hang on the column
/// (and the loops outside of `inner`) alone.
std::optional<SeparableSite> read_separable(const Site& windows);

}  // namespace ke
