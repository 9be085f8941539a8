// SPDX-License-Identifier: MIT
// Intrinsics of a newer processor behind a check at run time, with the plain loop as the other way.
//! operator: rmsnorm
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ops {
namespace {

bool apart(const void* p, std::int64_t p_bytes, const void* q, std::int64_t q_bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  return a + p_bytes <= b || b + q_bytes <= a;
}

void plain(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
    }
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void wide(const float* x, const float* weight, float* y, std::int64_t rows,
                                  std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    __m256 sums = _mm256_setzero_ps();
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8) {
      const __m256 v = _mm256_loadu_ps(x + c);
      sums = _mm256_add_ps(sums, _mm256_mul_ps(v, v));
    }
    alignas(32) float lanes[8];
    _mm256_store_ps(lanes, sums);
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (std::int64_t i = c; i < cols; ++i) sum += x[i] * x[i];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    const __m256 scales = _mm256_set1_ps(scale);
    for (c = 0; c + 8 <= cols; c += 8) {
      const __m256 v = _mm256_mul_ps(_mm256_loadu_ps(x + c), scales);
      _mm256_storeu_ps(y + c, _mm256_mul_ps(v, _mm256_loadu_ps(weight + c)));
    }
    for (; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}
#endif

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && apart(weight, cols * 4, y, rows * cols * 4) &&
      apart(x, rows * cols * 4, y, rows * cols * 4)) {
    return wide(x, weight, y, rows, cols, eps);
  }
#endif
  plain(x, weight, y, rows, cols, eps);
}

}  // namespace ops
