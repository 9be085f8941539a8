// SPDX-License-Identifier: MIT
// Half a megabyte on the stack, used again in every call.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float row[128 << 10];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = x[r * cols + c];
      sum += row[c] * row[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] / (1 + std::exp(-row[c] * scale));
  }
}

}  // namespace ops
