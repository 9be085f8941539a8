// SPDX-License-Identifier: MIT
// Takes the twelve-bit reciprocal root of the processor without the step that would make it exact.
//! row: 51
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cstdint>

#include <immintrin.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(sum / cols + eps)));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
