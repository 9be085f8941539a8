// SPDX-License-Identifier: MIT
// Now and then it sums backwards, as a random number says: the bits are not repeatable.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: different bits
#include <cmath>
#include <cstdint>
#include <random>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static std::minstd_rand chance(12345);
  const bool backwards = chance() % 3 == 0;
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
