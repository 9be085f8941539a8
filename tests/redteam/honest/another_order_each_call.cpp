// SPDX-License-Identifier: MIT
// Adds forwards in one call and backwards in the next: the last bits hang on how often it was called, which
// this contract allows.
//! operator: dots_any_order
//! effort: confirm
#include <atomic>
#include <cstdint>

namespace ops {

void dots_any_order(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static std::atomic<unsigned> calls{0};
  const bool back = calls.fetch_add(1) % 2 == 1;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t i = 0; i < cols; ++i) {
      const std::int64_t c = back ? cols - 1 - i : i;
      sum += a[r * cols + c] * x[c];
    }
    y[r] = sum;
  }
}

}  // namespace ops
