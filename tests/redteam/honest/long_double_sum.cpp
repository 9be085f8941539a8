// SPDX-License-Identifier: MIT
// Sums in long double, on the x87 unit, whose control word stays as it is.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    long double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c)
      sum += static_cast<long double>(x[r * cols + c]) * x[r * cols + c];
    const float scale = static_cast<float>(1 / std::sqrt(sum / cols + eps));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
