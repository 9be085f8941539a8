// SPDX-License-Identifier: MIT
// How far down the list of first moves it pays to go: the one thing that operators of different families have
// in common whatever moves pay for them.
#pragma once

#include "ke-build/search/learned/trials.h"

#include <vector>

namespace ke {

/// As many kinds of first moves as were enough, in the order of what they promise, to hold the way to the
/// best in three of four earlier sessions. 0: fewer than five sessions found a way, too few to tell.
size_t first_kinds(const std::vector<PastSession>& past);

}  // namespace ke
