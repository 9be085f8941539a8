// SPDX-License-Identifier: MIT
// Sums by recursion.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

static float squares(const float* x, std::int64_t n) {
  if (n > 32) return squares(x, n / 2) + squares(x + n / 2, n - n / 2);
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return sum;
}

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
