// SPDX-License-Identifier: MIT
// Plain; eight sums of a row.
//! operator: softmax_grad
#include <cstdint>

namespace ops {

void softmax_grad(const float* y, const float* dy, float* dx, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r, y += cols, dy += cols, dx += cols) {
    float sums[8] = {};
    for (std::int64_t c = 0; c < cols; ++c) sums[c & 7] += y[c] * dy[c];
    float dot = 0;
    for (float sum : sums) dot += sum;
    for (std::int64_t c = 0; c < cols; ++c) dx[c] = y[c] * (dy[c] - dot);
  }
}

}  // namespace ops
