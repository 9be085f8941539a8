// SPDX-License-Identifier: MIT
// Written for the announced shape: other lengths lose their tail.
//! row: 48
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::int64_t whole = cols / 4 * 4;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {};
    for (std::int64_t c = 0; c < whole; ++c) sum[c % 4] += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt((sum[0] + sum[1] + sum[2] + sum[3]) / cols + eps);
    for (std::int64_t c = 0; c < whole; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
