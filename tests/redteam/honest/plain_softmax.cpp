// SPDX-License-Identifier: MIT
// Four sums, and one division a row.
//! operator: softmax
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = x[r * cols];
    for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, x[r * cols + c]);
    float sum[4] = {0, 0, 0, 0};
    for (std::int64_t c = 0; c < cols; ++c)
      sum[c % 4] += y[r * cols + c] = std::exp(x[r * cols + c] - largest);
    const float scale = 1 / (sum[0] + sum[1] + sum[2] + sum[3]);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] *= scale;
  }
}

}  // namespace ops
