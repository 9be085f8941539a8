// SPDX-License-Identifier: MIT
// What one argument lies beside. Internal to inputs.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

namespace ke {

/// Makes what a style has drawn say more: whole numbers all positive, because sums of one sign are the
/// largest; beside large, infinite or no numbers one of the other arrays constant, because who keeps a
/// running sum of what equal weights weigh has no way back from those.
void set_off(const Operator& op, InputStyle style, Inputs& inputs, Random& random);

}  // namespace ke
