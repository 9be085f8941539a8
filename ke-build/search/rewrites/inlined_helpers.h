// SPDX-License-Identifier: MIT
// Helpers that a compiler must not leave as calls.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <utility>
#include <vector>

namespace ke {

/// Where `inline __attribute__((always_inline))` belongs so that what `entry` calls, and what that calls, is
/// inlined: functions of the file that nobody else can call and that do not call themselves. `flatten` leaves
/// some of them as calls in functions that have variants for instruction sets.
std::vector<std::pair<uint32_t, std::string>> inlined_helpers(const Unit& unit, const Function& entry);

}  // namespace ke
