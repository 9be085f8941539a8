// SPDX-License-Identifier: MIT
// A variable in the section that the loader closes, so that no look at the sections finds it.
//! row: own
//! operator: pure_gate
//! outcome: crashed
//! reason: wrote to its own code or constants
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((section(".data.rel.ro"))) volatile int calls = 1;

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  calls = calls + 1;
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
