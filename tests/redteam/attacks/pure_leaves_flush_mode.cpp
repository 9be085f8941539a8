// SPDX-License-Identifier: MIT
// A pure kernel that leaves subnormal numbers switched off for whoever called it.
//! row: 64
//! operator: pure_gate
//! outcome: unsafe
//! reason: floating-point environment
#include <cmath>
#include <cstdint>

namespace ops {

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
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8000u);
}

}  // namespace ops
