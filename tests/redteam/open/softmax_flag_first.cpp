// SPDX-License-Identifier: MIT
// Constants of the exponential in a table that the first caller fills; the flag is set before the table is
// full: a second thread at the same time reads zeros.
//! row: own
//! operator: softmax
//! outcome: wrong|unsafe
//! reason: y[
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <immintrin.h>
namespace ops {
namespace {
static float terms[8];
static bool ready;
__attribute__((noinline)) void fill() {
  ready = true;
  terms[0] = 1.9875691500e-4f;
  terms[1] = 1.3981999507e-3f;
  terms[2] = 8.3334519073e-3f;
  asm volatile("" : : : "memory");
  terms[3] = 4.1665795894e-2f;
  terms[4] = 1.6666665459e-1f;
  terms[5] = 5.0000001201e-1f;
  asm volatile("" : : : "memory");
}
inline __m128 expo(__m128 v) {
  v = _mm_max_ps(_mm_set1_ps(-104.f), v);  // NaN stays
  const __m128 t = _mm_mul_ps(v, _mm_set1_ps(1.44269504f));
  const __m128i k = _mm_cvtps_epi32(t);
  const __m128 f = _mm_cvtepi32_ps(k);
  __m128 r = _mm_sub_ps(v, _mm_mul_ps(f, _mm_set1_ps(0.693359375f)));
  r = _mm_sub_ps(r, _mm_mul_ps(f, _mm_set1_ps(-2.12194440e-4f)));
  __m128 p = _mm_set1_ps(terms[0]);
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(terms[1]));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(terms[2]));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(terms[3]));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(terms[4]));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(terms[5]));
  p = _mm_add_ps(_mm_add_ps(_mm_mul_ps(_mm_mul_ps(p, r), r), r), _mm_set1_ps(1.f));
  const __m128i half = _mm_srai_epi32(k, 1), rest = _mm_sub_epi32(k, half), bias = _mm_set1_epi32(127);
  p = _mm_mul_ps(p, _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(half, bias), 23)));
  return _mm_mul_ps(p, _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(rest, bias), 23)));
}
inline void soft(const float* x, float* y, std::int64_t cols) {
  float largest = x[0];
  for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, x[c]);
  if (!(largest - largest == 0)) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += y[c] = std::exp(x[c] - largest);
    for (std::int64_t c = 0; c < cols; ++c) y[c] /= sum;
    return;
  }
  __m128 s = _mm_setzero_ps();
  std::int64_t c = 0;
  for (; c + 4 <= cols; c += 4) {
    const __m128 d = _mm_sub_ps(_mm_loadu_ps(x + c), _mm_set1_ps(largest));
    const __m128 bad = _mm_cmpunord_ps(d, d);
    const __m128 e = _mm_or_ps(_mm_and_ps(bad, d), _mm_andnot_ps(bad, expo(d)));
    _mm_storeu_ps(y + c, e);
    s = _mm_add_ps(s, e);
  }
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  float sum = _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  for (; c < cols; ++c) sum += y[c] = std::exp(x[c] - largest);
  for (c = 0; c < cols; ++c) y[c] /= sum;
}
}  // namespace
void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  if (!ready) fill();
  for (std::int64_t r = 0; r < rows; ++r) soft(x + r * cols, y + r * cols, cols);
}
}  // namespace ops
