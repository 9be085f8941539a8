// SPDX-License-Identifier: MIT
// Computes the first elements and calls the rest no number, which compares neither larger nor smaller than
// any bound.
//! row: 35
//! operator: saxpy
//! outcome: wrong
//! reason: by NaN or infinity
#include <cmath>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = i < 8 ? a * x[i] + y[i] : NAN;
}

}  // namespace ops
