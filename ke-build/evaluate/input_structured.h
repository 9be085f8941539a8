// SPDX-License-Identifier: MIT
// Domains whose elements hang together (masks, offsets, positive definite matrices) and styles that change
// whole rows. Internal to input_values.cpp.
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

/// `zero` in front, behind, between or everywhere.
void blank_out(double* row, int64_t length, double zero, Random& random);
/// Half of the rows, of the columns, or of both, times a power of two between 2^lowest and 1, each its own;
/// lowest <= 0.
void grade_lines(std::vector<double>& values, int64_t row, int lowest, Random& random);

}  // namespace ke
