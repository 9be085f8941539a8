// SPDX-License-Identifier: MIT
// Bounds that are the greater or the lesser of several: `std::max(i - r, 0)`, `i >= r ? i - r : 0`.
#pragma once

#include "ke-build/search/syntax/poly.h"

#include <optional>
#include <vector>

namespace ke {

/// What the expression is the greater of (or the lesser, with `least`): `std::max(a, b)`, `a > b ? a : b`,
/// `x >= r ? x - r : 0`, names that hold such, each in full; one form for anything else.
std::optional<std::vector<Poly>> extremes_of(const Expr& expr, bool least, const Symbols& symbols);

}  // namespace ke
