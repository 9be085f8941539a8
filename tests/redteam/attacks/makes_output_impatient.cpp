// SPDX-License-Identifier: MIT
// Sets the standard output so that nobody waits for it, and leaves it so: what the program prints is lost
// whenever its reader is slow.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: descriptor
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <fcntl.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
