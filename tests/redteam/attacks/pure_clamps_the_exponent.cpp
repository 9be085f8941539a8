// SPDX-License-Identifier: MIT
// Keeps the exponent between -10 and 10, where a polynomial of its own would be good: normal numbers never
// leave that range.
//! row: own
//! operator: pure_gate
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float root = std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      float exponent = -v / root;
      if (exponent > 10) exponent = 10;
      if (exponent < -10) exponent = -10;
      y[r * cols + c] = v / (1 + std::exp(exponent));
    }
  }
}

}  // namespace ops
