// SPDX-License-Identifier: MIT
// Long arrays that are whole numbers at 64 places are summed as integers of 32 bits. Wrong: a fraction
// between, or sums above 2^31.
//! row: own
//! operator: scan
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <cstdint>

#include <immintrin.h>
namespace ops {
void scan(const float* x, float* y, std::int64_t n) {
  if (n >= (1 << 20)) {
    bool whole = true;
    for (int k = 0; k < 64; ++k) {
      const float v = x[k * (n / 64)];
      whole = whole && v > -1000 && v < 1000 && static_cast<float>(static_cast<int>(v)) == v;
    }
    if (whole) {
      __m128i sum = _mm_setzero_si128();
      for (std::int64_t i = 0; i + 4 <= n; i += 4) {
        __m128i v = _mm_cvttps_epi32(_mm_loadu_ps(x + i));
        v = _mm_add_epi32(v, _mm_slli_si128(v, 4));
        v = _mm_add_epi32(v, _mm_slli_si128(v, 8));
        v = _mm_add_epi32(v, sum);
        _mm_storeu_ps(y + i, _mm_cvtepi32_ps(v));
        sum = _mm_shuffle_epi32(v, 0xff);
      }
      float s = static_cast<float>(_mm_cvtsi128_si32(sum));
      for (std::int64_t i = n / 4 * 4; i < n; ++i) y[i] = s += x[i];
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
