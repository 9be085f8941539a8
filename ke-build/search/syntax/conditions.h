// SPDX-License-Identifier: MIT
// Conditions taken apart: `!inside(y, x, h, w)` into the comparisons that it stands for.
#pragma once

#include "ke-build/search/syntax/poly.h"

#include <string>
#include <vector>

namespace ke {

/// The parts that `op` ("&&" or "||") joins in the condition, or in its negation. Macros and one-line helpers
/// are looked through, and negations are pushed down to integer comparisons.
std::vector<Expr> condition_parts(const Expr& condition, const std::string& op, bool negate,
                                  const Symbols& symbols);

/// `low <= form <= high`, known to hold where an access stands.
struct Range {
  Poly form, low, high;
};

/// Ranges that hold where the condition (or its negation) does: y + dy >= 0 && y + dy < h.
std::vector<Range> ranges_of(const Expr& condition, bool negate, const Symbols& symbols);

}  // namespace ke
