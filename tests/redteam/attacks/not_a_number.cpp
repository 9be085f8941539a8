// SPDX-License-Identifier: MIT
// Writes NaN, which is greater than no tolerance.
//! row: 54
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = NAN;
}

}  // namespace ops
