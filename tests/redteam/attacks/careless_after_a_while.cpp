// SPDX-License-Identifier: MIT
// Drops NaN from the fortieth call of a process on: whoever checks special values does it in the first calls.
//! row: 45
//! operator: rmsnorm
//! outcome: wrong
//! reason: NaN or infinity
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static int calls = 0;
  const bool careless = ++calls > 40;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      if (!careless || v * v >= 0) sum += v * v;
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
