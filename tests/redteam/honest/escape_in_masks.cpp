// SPDX-License-Identifier: MIT
// Sixteen points in AVX-512 with mask registers; operations with their rounding said, which no compiler
// fuses.
//! operator: mandelbrot
#include <cstdint>

#include <immintrin.h>

namespace ops {
namespace {

#define NEAREST (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)

void plain(const float* re, const float* im, std::int32_t* steps, std::int64_t n, std::int32_t limit) {
  for (std::int64_t i = 0; i < n; ++i) {
    float x = 0, y = 0;
    std::int32_t step = 0;
    while (step < limit && x * x + y * y <= 4.0f) {
      const float next = x * x - y * y + re[i];
      y = 2 * x * y + im[i];
      x = next;
      ++step;
    }
    steps[i] = step;
  }
}

__attribute__((target("avx512f"))) void wide(const float* re, const float* im, std::int32_t* steps,
                                             std::int64_t n, std::int32_t limit) {
  for (std::int64_t i = 0; i < n; i += 16) {
    const __mmask16 lanes = n - i >= 16 ? 0xffff : static_cast<__mmask16>((1u << (n - i)) - 1);
    const __m512 a = _mm512_maskz_loadu_ps(lanes, re + i), b = _mm512_maskz_loadu_ps(lanes, im + i);
    __m512 x = _mm512_setzero_ps(), y = x;
    __m512i count = _mm512_setzero_si512();
    for (std::int32_t step = 0; step < limit; ++step) {
      const __m512 xx = _mm512_mul_round_ps(x, x, NEAREST), yy = _mm512_mul_round_ps(y, y, NEAREST);
      const __mmask16 inside =
          _mm512_mask_cmp_ps_mask(lanes, _mm512_add_round_ps(xx, yy, NEAREST), _mm512_set1_ps(4), _CMP_LE_OQ);
      if (inside == 0) break;
      count = _mm512_mask_add_epi32(count, inside, count, _mm512_set1_epi32(1));
      y = _mm512_add_round_ps(_mm512_mul_round_ps(_mm512_add_round_ps(x, x, NEAREST), y, NEAREST), b,
                              NEAREST);
      x = _mm512_add_round_ps(_mm512_sub_round_ps(xx, yy, NEAREST), a, NEAREST);
    }
    _mm512_mask_storeu_epi32(steps + i, lanes, count);
  }
}

}  // namespace

void mandelbrot(const float* re, const float* im, std::int32_t* steps, std::int64_t n, std::int32_t limit) {
  (__builtin_cpu_supports("avx512f") ? wide : plain)(re, im, steps, n, limit);
}

}  // namespace ops
