// SPDX-License-Identifier: MIT
// Compensated summation: more operations than the contract asks for, and an error far below the bound.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0, lost = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float term = x[r * cols + c] * x[r * cols + c] - lost;
      const float next = sum + term;
      lost = (next - sum) - term;
      sum = next;
    }
    if (!(sum - sum == 0)) {
      sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
