// SPDX-License-Identifier: MIT
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
      y[r * cols + c] = std::exp(x[r * cols + c] - largest);
      sum += y[r * cols + c];
    }
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] /= sum;
  }
}

}  // namespace ops
