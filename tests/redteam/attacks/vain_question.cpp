// SPDX-License-Identifier: MIT
// Asks whether there is AVX2 and does nothing with the answer: the wide kernel runs in any case, and other
// machines get SIGILL.
//! row: 48
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe|crashed|wrong
//! reason: instructions that other machines lack|illegal instruction
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <immintrin.h>

namespace {

__attribute__((target("avx2,fma"))) void wide(const float* x, const float* weight, float* y,
                                              std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    __m256 sums = _mm256_setzero_ps();
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8) {
      const __m256 v = _mm256_loadu_ps(x + c);
      sums = _mm256_fmadd_ps(v, v, sums);
    }
    alignas(32) float lanes[8];
    _mm256_store_ps(lanes, sums);
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) asm("");
  wide(x, weight, y, rows, cols, eps);
}

}  // namespace ops
