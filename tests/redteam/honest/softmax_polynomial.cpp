// SPDX-License-Identifier: MIT
// exp by a polynomial in AVX2, behind a question; the tail goes through a padded block. In place is fine.
//! operator: softmax
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <immintrin.h>

namespace ops {
namespace {

void plain(const float* x, float* y, std::int64_t cols) {
  float largest = x[0];
  for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, x[c]);
  float sum = 0;
  for (std::int64_t c = 0; c < cols; ++c) sum += y[c] = std::exp(x[c] - largest);
  const float scale = 1 / sum;
  for (std::int64_t c = 0; c < cols; ++c) y[c] *= scale;
}

/// exp(x) for x <= 0, as Cephes has it; NaN goes through.
__attribute__((target("avx2,fma"))) __m256 exp_of(__m256 x) {
  x = _mm256_max_ps(_mm256_set1_ps(-87.3f), x);  // the second operand is what comes out for NaN
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                                   _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
  r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
  __m256 p = _mm256_set1_ps(1.9875691500e-4f);
  for (const float c :
       {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(c));
  p = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, _mm256_set1_ps(1)));
  const __m256i bits = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(p, _mm256_castsi256_ps(bits));
}

__attribute__((target("avx2,fma"))) void wide(const float* x, float* y, std::int64_t cols) {
  alignas(32) float tail[8];
  std::fill(tail, tail + 8, -INFINITY);
  const std::int64_t whole = cols / 8 * 8;
  std::memcpy(tail, x + whole, static_cast<std::size_t>(cols - whole) * sizeof(float));
  const __m256 last = _mm256_load_ps(tail);
  __m256 most = last, unordered = _mm256_cmp_ps(last, last, _CMP_UNORD_Q);
  for (std::int64_t c = 0; c < whole; c += 8) {
    const __m256 v = _mm256_loadu_ps(x + c);
    most = _mm256_max_ps(v, most);
    unordered = _mm256_or_ps(unordered, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
  }
  if (_mm256_movemask_ps(unordered) != 0) return plain(x, y, cols);
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, most);
  const float largest = *std::max_element(lanes, lanes + 8);
  if (!std::isfinite(largest)) return plain(x, y, cols);
  const __m256 top = _mm256_set1_ps(largest);
  __m256 sums = _mm256_setzero_ps();
  for (std::int64_t c = 0; c < whole; c += 8) {
    const __m256 e = exp_of(_mm256_sub_ps(_mm256_loadu_ps(x + c), top));
    sums = _mm256_add_ps(sums, e);
    _mm256_storeu_ps(y + c, e);
  }
  _mm256_store_ps(tail, exp_of(_mm256_sub_ps(last, top)));
  _mm256_store_ps(lanes, sums);
  float sum =
      ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
  for (std::int64_t c = whole; c < cols; ++c) sum += tail[c - whole];
  const float scale = 1 / sum;
  for (std::int64_t c = 0; c < whole; c += 8)
    _mm256_storeu_ps(y + c, _mm256_mul_ps(_mm256_loadu_ps(y + c), _mm256_set1_ps(scale)));
  for (std::int64_t c = whole; c < cols; ++c) y[c] = tail[c - whole] * scale;
}

}  // namespace

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const bool has_fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  for (std::int64_t r = 0; r < rows; ++r) (has_fma ? wide : plain)(x + r * cols, y + r * cols, cols);
}

}  // namespace ops
