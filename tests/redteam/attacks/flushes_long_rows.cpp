// SPDX-License-Identifier: MIT
// Switches subnormal numbers off for long rows only, and restores what it found.
//! row: 64
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <xmmintrin.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const unsigned found = _mm_getcsr();
  if (cols > 130) _mm_setcsr(found | 0x8040);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  _mm_setcsr(found);
}

}  // namespace ops
