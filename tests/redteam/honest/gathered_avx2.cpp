// SPDX-License-Identifier: MIT
// Gathers by eight indices at a time where the processor can, and prefetches what the indices ahead name.
//! operator: spmv
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2_PATH 1
#include <immintrin.h>
#endif

namespace ops {
namespace {

float plain_row(const float* values, const std::int32_t* columns, std::int64_t n, const float* x) {
  float sum = 0;
  for (std::int64_t k = 0; k < n; ++k) sum += values[k] * x[columns[k]];
  return sum;
}

#if HAVE_AVX2_PATH
[[gnu::target("avx2,fma")]] float avx2_row(const float* values, const std::int32_t* columns, std::int64_t n,
                                           const float* x) {
  __m256 sum = _mm256_setzero_ps();
  std::int64_t k = 0;
  for (; k + 8 <= n; k += 8) {
    const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(columns + k));
    if (k + 16 <= n) _mm_prefetch(reinterpret_cast<const char*>(x + columns[k + 8]), _MM_HINT_T0);
    sum = _mm256_fmadd_ps(_mm256_loadu_ps(values + k), _mm256_i32gather_ps(x, at, 4), sum);
  }
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, sum);
  float total = plain_row(values + k, columns + k, n - k, x);
  for (const float lane : lanes) total += lane;
  return total;
}
#endif

}  // namespace

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  auto* row = plain_row;
#if HAVE_AVX2_PATH
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) row = avx2_row;
#endif
  for (std::int64_t r = 0; r < rows; ++r)
    y[r] = row(values + offsets[r], columns + offsets[r], offsets[r + 1] - offsets[r], x);
}

}  // namespace ops
