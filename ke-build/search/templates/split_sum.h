// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/templates/nest.h"

#include <optional>

namespace ke {

/// `for (j) { y[j] = E; s += y[j]; }` as two loops: the first one vectorises, the second is a run. Nothing
/// when the site is no such loop.
std::optional<Stmts> split_sum(const Site& site);

}  // namespace ke
