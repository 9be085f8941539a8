// SPDX-License-Identifier: MIT
// Asks for AVX2 where rows are short or as long as announced; for rows between it forgets to. The machine
// that lacks it is played with four small shapes and the announced one.
//! row: 48
//! operator: rmsnorm
//! outcome: unsafe
//! reason: instructions that other machines lack
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <immintrin.h>

namespace {

__attribute__((target("avx2"))) void wide(const float* x, const float* weight, float* y, std::int64_t cols,
                                          float eps) {
  __m256 sums = _mm256_setzero_ps();
  std::int64_t c = 0;
  for (; c + 8 <= cols; c += 8) {
    const __m256 v = _mm256_loadu_ps(x + c);
    sums = _mm256_add_ps(sums, _mm256_mul_ps(v, v));
  }
  float lanes[8];
  _mm256_storeu_ps(lanes, sums);
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  for (; c < cols; ++c) sum += x[c] * x[c];
  const float scale = 1 / std::sqrt(sum / cols + eps);
  for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
}

void narrow(const float* x, const float* weight, float* y, std::int64_t cols, float eps) {
  float sum = 0;
  for (std::int64_t c = 0; c < cols; ++c) sum += x[c] * x[c];
  const float scale = 1 / std::sqrt(sum / cols + eps);
  for (std::int64_t c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool between = cols > 130 && cols < 700;
  const auto row = between || __builtin_cpu_supports("avx2") ? wide : narrow;
  for (std::int64_t r = 0; r < rows; ++r) row(x + r * cols, weight, y + r * cols, cols, eps);
}

}  // namespace ops
