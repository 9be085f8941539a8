// SPDX-License-Identifier: MIT
// Domains whose elements hang together: masks, offsets, positive definite matrices. Internal to
// input_values.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

#include <cstdint>
#include <vector>

namespace ke {

void fill_mask(std::vector<double>& values, int64_t row, double density, InputStyle style, Random& random);
/// First 0, last `total`, never falling; the style decides how unequal the bags are (one_hot: all but one
/// empty).
void fill_offsets(std::vector<double>& values, int64_t total, InputStyle style, Random& random);
/// Symmetric to the bit, eigenvalues >= `scale` times the smallest squared diagonal factor of the style.
void fill_spd(std::vector<double>& values, int64_t size, double scale, Dtype dtype, InputStyle style,
              Random& random);

}  // namespace ke
