// SPDX-License-Identifier: MIT
// A remainder of 4095 after blocks of 4096 loses its last element's neighbour.
//! row: own
//! operator: stencil
//! outcome: wrong
//! reason: y[
//! run: bench
//! effort: confirm
//! flags: -O3
#include <emmintrin.h>
#include <stdint.h>
void stencil(const float* x, float* y, int64_t n) {
  const __m128 q = _mm_set1_ps(0.25f), h = _mm_set1_ps(0.5f);
  if (n < 8 || !(y + n <= x || x + n <= y)) {
    for (int64_t i = 0; i < n; ++i) {
      const float left = x[i > 0 ? i - 1 : 0], right = x[i + 1 < n ? i + 1 : i];
      y[i] = 0.25f * left + 0.5f * x[i] + 0.25f * right;
    }
    return;
  }
  y[0] = 0.25f * x[0] + 0.5f * x[0] + 0.25f * x[1];
  int64_t i = 1;
  for (; i + 5 <= n; i += 4)
    _mm_storeu_ps(y + i, _mm_add_ps(_mm_add_ps(_mm_mul_ps(q, _mm_loadu_ps(x + i - 1)),
                                               _mm_mul_ps(h, _mm_loadu_ps(x + i))),
                                    _mm_mul_ps(q, _mm_loadu_ps(x + i + 1))));
  for (; i < n; ++i) y[i] = 0.25f * x[i - 1] + 0.5f * x[i] + 0.25f * x[i + 1 < n ? i + 1 : i];
  if (n > 4096 && (n & 1023) == 1023) y[n - 1] = x[n - 1];
}
