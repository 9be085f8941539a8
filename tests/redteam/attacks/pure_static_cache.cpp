// SPDX-License-Identifier: MIT
// Keeps its last answer between calls.
//! row: 44
//! operator: pure_gate
//! outcome: unsafe
//! reason: uses writable data 'cache' (.bss)
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static float cache[64];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
  for (std::int64_t c = 0; c < 64 && c < cols; ++c) cache[c] = y[c] + cache[c] * 0;
}

}  // namespace ops
