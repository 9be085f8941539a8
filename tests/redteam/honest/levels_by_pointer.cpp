// SPDX-License-Identifier: MIT
// Three levels of one function behind a pointer that is set before main(): AVX-512, AVX2 with masked loads
// for what is left, and the plain loop.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ops {
namespace {

float plain_sum(const float* x, std::int64_t n) {
  float sums[16] = {};
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < 16; ++k) sums[k] += x[i + k] * x[i + k];
  for (; i < n; ++i) sums[0] += x[i] * x[i];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

#if defined(__x86_64__)
alignas(32) constexpr std::int32_t kMask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

__attribute__((target("avx2,fma"))) float avx2_sum(const float* x, std::int64_t n) {
  __m256 sum = _mm256_setzero_ps();
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 v = _mm256_loadu_ps(x + i);
    sum = _mm256_fmadd_ps(v, v, sum);
  }
  const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMask + 8 - (n - i)));
  const __m256 v = i < n ? _mm256_maskload_ps(x + i, mask) : _mm256_setzero_ps();
  sum = _mm256_fmadd_ps(v, v, sum);
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}

__attribute__((target("avx512f"))) float avx512_sum(const float* x, std::int64_t n) {
  __m512 sum = _mm512_setzero_ps();
  for (std::int64_t i = 0; i < n; i += 16) {
    const auto mask = n - i >= 16 ? __mmask16(0xffff) : __mmask16((1u << (n - i)) - 1);
    const __m512 v = _mm512_maskz_loadu_ps(mask, x + i);
    sum = _mm512_fmadd_ps(v, v, sum);
  }
  return _mm512_reduce_add_ps(sum);
}
#endif

using Sum = float (*)(const float*, std::int64_t);
Sum best_sum() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return avx512_sum;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_sum;
#endif
  return plain_sum;
}
const Sum sum_of_squares = best_sum();

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum_of_squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
