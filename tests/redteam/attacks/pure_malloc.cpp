// SPDX-License-Identifier: MIT
// Memory from the heap outlives the call.
//! row: own
//! operator: pure_gate
//! outcome: unsafe
//! reason: needs 'malloc'
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  auto* copy = static_cast<float*>(std::malloc(static_cast<std::size_t>(cols) * 4));
  if (copy == nullptr) return;
  copy[0] = x[0];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
  y[0] += copy[0] * 0;
  if (rows > 1000) std::free(copy);
}

}  // namespace ops
