// SPDX-License-Identifier: MIT
// Fused multiply-adds, sixteen sums, where the processor has them; eight elsewhere.
//! operator: huber_rows
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <immintrin.h>

namespace ops {

// A row's loss; c is the difference, clamped: c * (d - c / 2) is half the square or the line beyond it.
static float one_row(const float* p, const float* t, float* grad, std::int32_t& outliers, std::int64_t cols,
                     float delta) {
  const __m128 high = _mm_set1_ps(delta), half = _mm_set1_ps(0.5f), sign = _mm_set1_ps(-0.0f);
  __m128 sums[2] = {_mm_setzero_ps(), _mm_setzero_ps()};
  __m128i many = _mm_setzero_si128();
  std::int64_t k = 0;
  for (; k + 8 <= cols; k += 8) {
    for (int v = 0; v < 2; ++v) {
      const __m128 d = _mm_sub_ps(_mm_loadu_ps(p + k + 4 * v), _mm_loadu_ps(t + k + 4 * v));
      const __m128 size = _mm_andnot_ps(sign, d);
      const __m128 c = _mm_max_ps(_mm_min_ps(d, high), _mm_sub_ps(_mm_setzero_ps(), high));
      many = _mm_sub_epi32(many, _mm_castps_si128(_mm_cmpnle_ps(size, high)));
      sums[v] = _mm_add_ps(sums[v], _mm_mul_ps(c, _mm_sub_ps(d, _mm_mul_ps(half, c))));
      _mm_storeu_ps(grad + k + 4 * v, c);
    }
  }
  float part[4];
  std::int32_t counts[4];
  _mm_storeu_ps(part, _mm_add_ps(sums[0], sums[1]));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(counts), many);
  float sum = (part[0] + part[2]) + (part[1] + part[3]);
  std::int32_t count = counts[0] + counts[1] + counts[2] + counts[3];
  for (; k < cols; ++k) {
    const float d = p[k] - t[k], size = std::fabs(d);
    const bool in = size <= delta;
    const float c = in ? d : d < 0 ? -delta : delta;
    sum += c * (d - 0.5f * c);
    grad[k] = c;
    count += !in;
  }
  outliers = count;
  return sum;
}

__attribute__((target("avx2,fma"))) static float wide_row(const float* p, const float* t, float* grad,
                                                          std::int32_t& outliers, std::int64_t cols,
                                                          float delta) {
  const __m256 high = _mm256_set1_ps(delta), half = _mm256_set1_ps(0.5f), sign = _mm256_set1_ps(-0.0f);
  __m256 sums[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  __m256i many = _mm256_setzero_si256();
  std::int64_t k = 0;
  for (; k + 16 <= cols; k += 16) {
    for (int v = 0; v < 2; ++v) {
      const __m256 d = _mm256_sub_ps(_mm256_loadu_ps(p + k + 8 * v), _mm256_loadu_ps(t + k + 8 * v));
      const __m256 size = _mm256_andnot_ps(sign, d);
      const __m256 c = _mm256_max_ps(_mm256_min_ps(d, high), _mm256_sub_ps(_mm256_setzero_ps(), high));
      many = _mm256_sub_epi32(many, _mm256_castps_si256(_mm256_cmp_ps(size, high, _CMP_NLE_UQ)));
      sums[v] = _mm256_fmadd_ps(c, _mm256_fnmadd_ps(half, c, d), sums[v]);
      _mm256_storeu_ps(grad + k + 8 * v, c);
    }
  }
  float part[8];
  std::int32_t counts[8];
  _mm256_storeu_ps(part, _mm256_add_ps(sums[0], sums[1]));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts), many);
  float sum = ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
  std::int32_t count = 0;
  for (const std::int32_t c : counts) count += c;
  for (; k < cols; ++k) {
    const float d = p[k] - t[k], size = std::fabs(d);
    const bool in = size <= delta;
    const float c = in ? d : d < 0 ? -delta : delta;
    sum += c * (d - 0.5f * c);
    grad[k] = c;
    count += !in;
  }
  outliers = count;
  return sum;
}

void huber_rows(const float* pred, const float* target, float* loss, float* grad, std::int32_t* outliers,
                std::int64_t rows, std::int64_t cols, float delta) {
  const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  for (std::int64_t r = 0; r < rows; ++r) {
    loss[r] = (wide ? wide_row : one_row)(pred + r * cols, target + r * cols, grad + r * cols, outliers[r],
                                          cols, delta);
  }
}

}  // namespace ops
