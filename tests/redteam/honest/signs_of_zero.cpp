// SPDX-License-Identifier: MIT
// Works on absolute values and puts the signs back, those of zeros and NaN included.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float root = std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float size = std::fabs(x[r * cols + c]) / root * std::fabs(weight[c]);
      y[r * cols + c] = std::signbit(x[r * cols + c]) != std::signbit(weight[c]) ? -size : size;
    }
  }
}

}  // namespace ops
