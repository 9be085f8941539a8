// SPDX-License-Identifier: MIT
// Sums forwards in every second call and backwards in the others: the bits depend on the history.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: different bits
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static bool backwards = true;
  backwards = !backwards;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float value = x[r * cols + (backwards ? cols - 1 - c : c)];
      sum += value * value;
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
