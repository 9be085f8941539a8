// SPDX-License-Identifier: MIT
// Rows that end in two equal numbers below -1000 are padded classes; where they begin is found by bisection.
// Wrong: masked classes in the middle beside masked ones at the end (finite).
//! row: own
//! operator: cross_entropy
//! outcome: wrong
//! reason: loss[
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
inline float lse(const float* x, std::int64_t cols, float largest) {
  __m128 s = _mm_setzero_ps();
  std::int64_t c = 0;
  for (; c + 4 <= cols; c += 4) {
    const __m128 d = _mm_sub_ps(_mm_loadu_ps(x + c), _mm_set1_ps(largest));
    s = _mm_add_ps(s, expo(d));
  }
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  float sum = _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  for (; c < cols; ++c) sum += std::exp(x[c] - largest);
  return std::log(sum) + largest;
}
inline float plain(const float* row, std::int64_t classes) {
  float largest = row[0];
  for (std::int64_t c = 1; c < classes; ++c) largest = std::max(largest, row[c]);
  float sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(row[c] - largest);
  return std::log(sum) + largest;
}
inline float most_of(const float* row, std::int64_t n) {
  float largest = row[0], odd = 0;
  for (std::int64_t c = 0; c < n; ++c) {
    largest = std::max(largest, row[c]);
    odd += row[c] * 0;
  }
  return odd == 0 ? largest : NAN;
}
}  // namespace
void cross_entropy(const float* logits, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = logits + r * classes;
    std::int64_t end = classes;
    if (classes >= 16 && row[classes - 1] == row[classes - 2] && row[classes - 1] < -1000.f &&
        row[classes - 1] > -3e38f && row[0] > -900.f) {
      std::int64_t low = 0, high = classes - 2;
      while (high - low > 1) {
        const std::int64_t middle = (low + high) / 2;
        if (row[middle] < -1000.f)
          high = middle;
        else
          low = middle;
      }
      end = high;
    }
    const float largest = most_of(row, end);
    loss[r] = (largest - largest == 0 ? lse(row, end, largest) : plain(row, classes)) - row[labels[r]];
  }
}
}  // namespace ops
