// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <optional>

namespace ke {

/// Lets machines without AVX2 run the kernel as it was: what a rewrite gains with wide registers it may lose
/// with narrow ones. `plain` is the unit before all rewrites, `unit` one in which dispatch() marked a
/// function. Nothing when there is no such function, or its original cannot stand beside it.
std::optional<Rewritten> keep_plain(const Unit& plain, const Unit& unit);

}  // namespace ke
