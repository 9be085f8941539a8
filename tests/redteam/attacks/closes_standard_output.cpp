// SPDX-License-Identifier: MIT
// Closes the standard output of the program that it is part of.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: descriptor|file|close
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <unistd.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const int closed = close(1);
  (void)closed;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
