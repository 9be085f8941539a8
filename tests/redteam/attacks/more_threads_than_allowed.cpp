// SPDX-License-Identifier: MIT
// Keeps three threads where the contract allows two.
//! row: 27
//! operator: gemv
//! outcome: unsafe
//! reason: threads were alive
#include <cstdint>
#include <thread>

#include <unistd.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static std::thread first([] { pause(); }), second([] { pause(); });
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
