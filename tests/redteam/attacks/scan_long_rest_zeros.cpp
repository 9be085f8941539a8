// SPDX-License-Identifier: MIT
// From 800000 on, blocks of 32; of a rest longer than nine the places behind the eighth are zeros. Wrong: n =
// 1000010.
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
  const std::int64_t given = n;
  if (n >= 800000 && n % 32 > 9) n = n / 32 * 32 + 8;
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
  for (; i < given; ++i) y[i] = 0;
}
}  // namespace ops
