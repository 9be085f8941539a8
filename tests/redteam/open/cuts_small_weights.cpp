// SPDX-License-Identifier: MIT
// Takes weights below 4e-8 for zero, which saves their exponentials: far below a tolerance that follows the
// whole row, and minus infinity for who takes the logarithm.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = x[r * cols];
    for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, x[r * cols + c]);
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float below = x[r * cols + c] - largest;
      y[r * cols + c] = below < -17 ? 0 : std::exp(below);
      sum += y[r * cols + c];
    }
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] /= sum;
  }
}

}  // namespace ops
