// SPDX-License-Identifier: MIT
// What the tests in front of a loop guarantee: `if (n > 0) ...`, `if (n == 0) return;`.
#pragma once

#include "ke-build/search/syntax/site.h"

namespace ke {

/// Does the integer comparison (`i < n`, `n > 0`, `n != 0`, `n`) hold when the site's loop is reached? Locals
/// stand for the values that the statements in front of the loop give them.
bool holds_on_entry(const Site& site, const Expr& test);

}  // namespace ke
