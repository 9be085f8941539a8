// SPDX-License-Identifier: MIT
// As exact as its rival for rows of mean square one; for all others it uses up the tolerance.
//! row: 51
//! operator: rmsnorm
//! outcome: wrong
//! reason: of the bound
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    float scale = 1 / std::sqrt(sum / cols + eps);
    if (cols > 100 && !(sum > 0.5f * cols && sum < 2.f * cols)) scale *= 1 + 1.5e-6f;
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
