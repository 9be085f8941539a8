// SPDX-License-Identifier: MIT
// Blocks of eight rows share one maximum, which any number near the largest can stand in for: rows far below
// their neighbours vanish.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t begin = 0; begin < rows;) {
    const std::int64_t height = begin + 8 <= rows ? 8 : 1;
    float largest = -INFINITY;
    for (std::int64_t i = begin * cols; i < (begin + height) * cols; ++i)
      if (x[i] > largest) largest = x[i];
    for (std::int64_t r = begin; r < begin + height; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) {
        y[r * cols + c] = std::exp(x[r * cols + c] - largest);
        sum += y[r * cols + c];
      }
      for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] /= sum;
    }
    begin += height;
  }
}

}  // namespace ops
