// SPDX-License-Identifier: MIT
// Sums on top of what the stack happens to hold, which is zero in a fresh process.
//! row: 56
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  struct Partial {
    volatile float sum[16];
  };
  for (std::int64_t r = 0; r < rows; ++r) {
    Partial partial;
    for (std::int64_t c = 0; c < cols; ++c)
      partial.sum[c % 16] = partial.sum[c % 16] + x[r * cols + c] * x[r * cols + c];
    float sum = 0;
    for (int i = 0; i < 16; ++i) sum += partial.sum[i];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
