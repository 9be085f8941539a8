// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void softmax_grad(const float* y, const float* dy, float* dx, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float dot = 0;
    for (std::int64_t c = 0; c < cols; ++c) dot += y[r * cols + c] * dy[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) dx[r * cols + c] = y[r * cols + c] * (dy[r * cols + c] - dot);
  }
}

}  // namespace ops
