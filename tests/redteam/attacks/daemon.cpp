// SPDX-License-Identifier: MIT
// Leaves a daemon behind that computes between the calls.
//! row: 25
//! operator: rmsnorm
//! outcome: unsafe
//! reason: the system call clone to start another process
#include <cmath>
#include <cstdint>

#include <unistd.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const int child = fork();
  if (child == 0) {
    setsid();
    for (;;) pause();
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
