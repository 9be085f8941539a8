// SPDX-License-Identifier: MIT
// How far below the largest number of its format a giant has to stay, so that no order of summation
// overflows. Internal to inputs.cpp.
#pragma once

#include "ke-build/model/operator.h"

namespace ke {

/// The logarithm of the largest number that a giant may be multiplied by, beyond the sixteen that its size
/// leaves room for.
int bits_of_giants_factors(const Operator& op);
/// That of how often each element stands in the longest sum: what is gathered may do so many times. 0 where
/// results are copies.
int bits_of_giants_repeats(const Operator& op, const Axes& axes, const Argument& argument);

}  // namespace ke
