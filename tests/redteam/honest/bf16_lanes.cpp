// SPDX-License-Identifier: MIT
// bfloat16 widened by a shift and narrowed with rounding to even in AVX2; NaN by a blend.
//! operator: silu_bf16
#include <cmath>
#include <cstdint>
#include <cstring>

#include <immintrin.h>

namespace ops {
namespace {

float widen(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::uint16_t narrow(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return 0x7fc0;
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Beyond the largest number the exponent's bits are those of infinity.
__attribute__((target("avx2,fma"))) __m256 exp_of(__m256 x) {
  x = _mm256_min_ps(_mm256_set1_ps(89.0f), _mm256_max_ps(_mm256_set1_ps(-87.3f), x));
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                                   _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.69314718f), x);
  __m256 p = _mm256_set1_ps(1.0f / 120);
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 24));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 6));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(0.5f));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1));
  const __m256i bits = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(p, _mm256_castsi256_ps(bits));
}

__attribute__((target("avx2,fma"))) std::int64_t wide(const std::uint16_t* x, std::uint16_t* y,
                                                      std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i));
    const __m256 v = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(raw), 16));
    const __m256 e = exp_of(_mm256_sub_ps(_mm256_setzero_ps(), v));
    const __m256 s = _mm256_div_ps(v, _mm256_add_ps(e, _mm256_set1_ps(1)));
    const __m256i bits = _mm256_castps_si256(s);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i half =
        _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd), 16);
    const __m256 none = _mm256_cmp_ps(s, s, _CMP_UNORD_Q);
    half = _mm256_blendv_epi8(half, _mm256_set1_epi32(0x7fc0), _mm256_castps_si256(none));
    const __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i), packed);
  }
  return i;
}

}  // namespace

void silu_bf16(const std::uint16_t* x, std::uint16_t* y, std::int64_t n) {
  std::int64_t i = 0;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) i = wide(x, y, n);
  for (; i < n; ++i) {
    const float v = widen(x[i]);
    y[i] = narrow(v / (1.0f + std::exp(-v)));
  }
}

}  // namespace ops
