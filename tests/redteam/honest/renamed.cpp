// SPDX-License-Identifier: MIT
// The baseline with other names: equal speed, equal bits.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t i = 0; i < rows; ++i) {
    float total = 0;
    for (std::int64_t k = 0; k < cols; ++k) total += x[i * cols + k] * x[i * cols + k];
    for (std::int64_t k = 0; k < cols; ++k) {
      y[i * cols + k] = x[i * cols + k] / std::sqrt(total / cols + eps) * weight[k];
    }
  }
}

}  // namespace ops
