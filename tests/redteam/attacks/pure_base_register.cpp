// SPDX-License-Identifier: MIT
// A pure kernel with memory: it counts its calls in the base address of a segment that nobody uses, and from
// the fourth on it is careless.
//! row: 45
//! operator: pure_gate
//! outcome: unsafe
//! reason: base of a segment
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::uint64_t calls;
  asm volatile("rdgsbase %0" : "=r"(calls));
  asm volatile("wrgsbase %0" : : "r"(calls + 1));
  if (calls > 1000000000) return;
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
