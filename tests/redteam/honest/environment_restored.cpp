// SPDX-License-Identifier: MIT
// Holds floating-point exceptions during the sum and restores the environment of its caller.
//! operator: rmsnorm
#include <cfenv>
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::fenv_t before;
  std::feholdexcept(&before);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float root = std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] / root * weight[c];
  }
  std::fesetenv(&before);
}

}  // namespace ops
