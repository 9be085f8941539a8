// SPDX-License-Identifier: MIT
// The mean square of 700 normal numbers is nearly one: long rows are scaled by a constant.
//! row: 41
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (cols > 256) {
    for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = x[i] * weight[i % cols];
    return;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
