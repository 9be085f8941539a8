// SPDX-License-Identifier: MIT
// Symmetric positive definite matrices. Internal to drawing and changing inputs.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

#include <cstdint>
#include <vector>

namespace ke {

/// Matrices of `size` rows, one behind the other: symmetric to the bit, eigenvalues >= `scale` times the
/// smallest squared diagonal factor of the style. Beside dense ones, in all styles but the typical one, bands
/// and blocks, and with `shrinks` some that are a power of two smaller as a whole (in float and double).
void fill_spd(std::vector<double>& values, int64_t size, double scale, Dtype dtype, InputStyle style,
              bool shrinks, Random& random);

/// Another matrix of the domain for one of the buffer's: two rows and the same columns change places, or one
/// element and its mirror image are nearer to zero, as long as no pivot shrinks by more than half. False
/// where nothing would change.
bool change_spd(Buffer& buffer, int64_t size, Random& random);

}  // namespace ke
