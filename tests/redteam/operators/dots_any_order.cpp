// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void dots_any_order(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
