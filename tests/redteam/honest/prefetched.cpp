// SPDX-License-Identifier: MIT
// Prefetches beyond the end of the matrix, which touches nothing and cannot fault.
//! operator: gemv
#include <cstdint>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float even = 0, odd = 0;
    std::int64_t c = 0;
    for (; c + 2 <= cols; c += 2) {
      __builtin_prefetch(a + r * cols + c + 256);
      even += a[r * cols + c] * x[c];
      odd += a[r * cols + c + 1] * x[c + 1];
    }
    if (c < cols) even += a[r * cols + c] * x[c];
    y[r] = even + odd;
  }
}

}  // namespace ops
