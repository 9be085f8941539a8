// SPDX-License-Identifier: MIT
// A pure kernel that sums by recursion and keeps constants in a table.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {

static const float kHalves[4] = {0.5f, 0.5f, 1, 1};

static float squares(const float* x, std::int64_t n) {
  if (n > 16) return squares(x, n / 2) + squares(x + n / 2, n - n / 2);
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i] * kHalves[i % 2] * 2;
  return sum;
}

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float root = std::sqrt(squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v / root));
    }
  }
}

}  // namespace ops
