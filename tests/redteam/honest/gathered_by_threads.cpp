// SPDX-License-Identifier: MIT
// Gathers of AVX2 for long rows, parts of about as many numbers for two threads of OpenMP.
//! operator: spmv
//! run: bench
#include <algorithm>
#include <cstdint>

#include <immintrin.h>

namespace ops {
namespace {

float plain(const float* values, const std::int32_t* columns, const float* x, std::int64_t count) {
  float sums[2] = {};
  std::int64_t k = 0;
  for (; k + 2 <= count; k += 2) {
    sums[0] += values[k] * x[columns[k]];
    sums[1] += values[k + 1] * x[columns[k + 1]];
  }
  if (k < count) sums[0] += values[k] * x[columns[k]];
  return sums[0] + sums[1];
}

__attribute__((target("avx2,fma"))) float gathered(const float* values, const std::int32_t* columns,
                                                   const float* x, std::int64_t count) {
  __m256 sums = _mm256_setzero_ps();
  std::int64_t k = 0;
  for (; k + 8 <= count; k += 8) {
    const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(columns + k));
    sums = _mm256_fmadd_ps(_mm256_loadu_ps(values + k), _mm256_i32gather_ps(x, at, 4), sums);
  }
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  const float sum = _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  return sum + plain(values + k, columns + k, x, count - k);
}

}  // namespace

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const std::int64_t total = offsets[rows];
  const std::int64_t* middle = std::lower_bound(offsets, offsets + rows, total / 2);
  const std::int64_t bounds[3] = {0, middle - offsets, rows};
#pragma omp parallel for num_threads(2) if (total > 4000)
  for (int part = 0; part < 2; ++part) {
    for (std::int64_t r = bounds[part]; r < bounds[part + 1]; ++r) {
      const std::int64_t first = offsets[r], count = offsets[r + 1] - first;
      y[r] = (wide ? gathered : plain)(values + first, columns + first, x, count);
    }
  }
}

}  // namespace ops
