// SPDX-License-Identifier: MIT
// Works before anybody calls it.
//! row: 24
//! operator: pure_gate
//! outcome: unsafe
//! reason: runs code before or after the call
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((constructor)) void prepare() { asm volatile("nop"); }

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
}

}  // namespace ops
