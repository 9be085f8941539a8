// SPDX-License-Identifier: MIT
// Eight points at once in AVX2, without FMA: every operation rounds as in the scalar loop.
//! operator: mandelbrot
#include <cstdint>

#include <immintrin.h>

namespace ops {
namespace {

std::int32_t one(float re, float im, std::int32_t limit) {
  float x = 0, y = 0;
  std::int32_t step = 0;
  for (float xx = 0, yy = 0; step < limit && xx + yy <= 4.0f; ++step) {
    y = 2 * x * y + im;
    x = xx - yy + re;
    xx = x * x;
    yy = y * y;
  }
  return step;
}

__attribute__((target("avx2"))) void eight(const float* re, const float* im, std::int32_t* steps,
                                           std::int32_t limit) {
  const __m256 a = _mm256_loadu_ps(re), b = _mm256_loadu_ps(im), four = _mm256_set1_ps(4);
  __m256 x = _mm256_setzero_ps(), y = x;
  __m256i count = _mm256_setzero_si256();
  for (std::int32_t step = 0; step < limit; ++step) {
    const __m256 xx = _mm256_mul_ps(x, x), yy = _mm256_mul_ps(y, y);
    const __m256 inside = _mm256_cmp_ps(_mm256_add_ps(xx, yy), four, _CMP_LE_OQ);
    if (_mm256_movemask_ps(inside) == 0) break;
    count = _mm256_sub_epi32(count, _mm256_castps_si256(inside));
    y = _mm256_add_ps(_mm256_mul_ps(_mm256_add_ps(x, x), y), b);
    x = _mm256_add_ps(_mm256_sub_ps(xx, yy), a);
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(steps), count);
}

}  // namespace

void mandelbrot(const float* re, const float* im, std::int32_t* steps, std::int64_t n, std::int32_t limit) {
  std::int64_t i = 0;
  if (__builtin_cpu_supports("avx2"))
    for (; i + 8 <= n; i += 8) eight(re + i, im + i, steps + i, limit);
  for (; i < n; ++i) steps[i] = one(re[i], im[i], limit);
}

}  // namespace ops
