// SPDX-License-Identifier: MIT
// Rows of 64 numbers and more whose 40 sampled numbers lie below the first by more than 100: weights of all
// others are zero. Wrong: a larger one between.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <immintrin.h>
namespace ops {
namespace {
inline __m128 expo(__m128 v) {
  v = _mm_max_ps(_mm_set1_ps(-104.f), v);  // NaN stays
  const __m128 t = _mm_mul_ps(v, _mm_set1_ps(1.44269504f));
  const __m128i k = _mm_cvtps_epi32(t);
  const __m128 f = _mm_cvtepi32_ps(k);
  __m128 r = _mm_sub_ps(v, _mm_mul_ps(f, _mm_set1_ps(0.693359375f)));
  r = _mm_sub_ps(r, _mm_mul_ps(f, _mm_set1_ps(-2.12194440e-4f)));
  __m128 p = _mm_set1_ps(1.9875691500e-4f);
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(1.3981999507e-3f));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(8.3334519073e-3f));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(4.1665795894e-2f));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(1.6666665459e-1f));
  p = _mm_add_ps(_mm_mul_ps(p, r), _mm_set1_ps(5.0000001201e-1f));
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
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    float* out = y + r * cols;
    bool alone = cols >= 256 && row[0] - row[0] == 0;
    for (int k = 1; k < 80 && alone; ++k) alone = row[k * cols / 80] < row[0] - 100.f;
    if (alone) {
      out[0] = 1;
      for (std::int64_t c = 1; c < cols; ++c) out[c] = 0;
      continue;
    }
    soft(row, out, cols);
  }
}
}  // namespace ops
