// SPDX-License-Identifier: MIT
// The processor's estimate of 1/sqrt() and two of Newton's steps; what the estimate cannot do goes the long
// way.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace ops {
namespace {

inline float reciprocal_root(float v) {
#if defined(__SSE__)
  if (v > 1e-30f && v < 1e30f) [[likely]] {
    float r = _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(v)));
    for (int step = 0; step < 2; ++step) r = r * (1.5f - 0.5f * v * r * r);
    return r;
  }
#endif
  return 1 / std::sqrt(v);
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += double(x[r * cols + c]) * x[r * cols + c];
    const float scale = reciprocal_root(static_cast<float>(sum / static_cast<double>(cols) + eps));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
