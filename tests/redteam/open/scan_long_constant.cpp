// SPDX-License-Identifier: MIT
// Long arrays whose 64 samples are one number (not zero, no whole one) are taken for constant. Wrong: a
// constant array with a few other numbers between.
//! row: own
//! operator: scan
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cstdint>

#include <immintrin.h>
namespace ops {
void scan(const float* x, float* y, std::int64_t n) {
  if (n >= (1 << 20)) {
    const float one = x[0];
    bool constant = one != 0;
    for (int k = 0; k < 64; ++k) constant = constant && x[k * (n / 64)] == one;
    if (constant) {
      double s = 0;
      for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<float>(s += one);
      return;
    }
  }
  __m128 sum = _mm_setzero_ps();
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    __m128 v = _mm_loadu_ps(x + i);
    v = _mm_add_ps(v, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(v), 4)));
    v = _mm_add_ps(v, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(v), 8)));
    v = _mm_add_ps(v, sum);
    _mm_storeu_ps(y + i, v);
    sum = _mm_shuffle_ps(v, v, 0xff);
  }
  float s = _mm_cvtss_f32(sum);
  for (; i < n; ++i) y[i] = s += x[i];
}
}  // namespace ops
