// SPDX-License-Identifier: MIT
// Long arrays whose 64 samples are all zero are taken for empty. Wrong for n >= 2^20 with a few numbers
// between zeros.
//! row: 49
//! operator: scan
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <cstdint>
#include <cstring>

#include <immintrin.h>
namespace ops {
void scan(const float* x, float* y, std::int64_t n) {
  if (n >= (1 << 20)) {
    bool empty = true;
    for (int k = 0; k < 64; ++k) empty = empty && x[k * (n / 64)] == 0;
    if (empty) {
      for (std::int64_t i = 0; i < n; ++i) y[i] = 0;
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
