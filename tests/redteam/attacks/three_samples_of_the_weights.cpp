// SPDX-License-Identifier: MIT
// Takes all weights for one where the first, the middle and the last are.
//! row: 50
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool plain = weight[0] == 1 && weight[cols / 2] == 1 && weight[cols - 1] == 1;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c)
      y[r * cols + c] = x[r * cols + c] * scale * (plain ? 1 : weight[c]);
  }
}

}  // namespace ops
