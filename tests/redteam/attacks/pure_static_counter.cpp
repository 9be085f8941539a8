// SPDX-License-Identifier: MIT
// Counts its calls in initialised data.
//! row: 45
//! operator: pure_gate
//! outcome: unsafe
//! reason: uses writable data 'ops::calls' (.data)
#include <cmath>
#include <cstdint>

namespace ops {

int calls = 7;

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (++calls == 1000000) return;
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
