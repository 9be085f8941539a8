// SPDX-License-Identifier: MIT
// As fast as the processor can load and store: close to the least time that the bytes need.
//! operator: saxpy
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

void plain(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void wide(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const __m256 factor = _mm256_set1_ps(a);
  std::int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    for (int k = 0; k < 32; k += 8) {
      const __m256 product = _mm256_mul_ps(factor, _mm256_loadu_ps(x + i + k));
      _mm256_storeu_ps(z + i + k, _mm256_add_ps(product, _mm256_loadu_ps(y + i + k)));
    }
  }
  plain(a, x + i, y + i, z + i, n - i);
}
#endif

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (!apart(x, n * 4, z, n * 4) || !apart(y, n * 4, z, n * 4)) return plain(a, x, y, z, n);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return wide(a, x, y, z, n);
#endif
  plain(a, x, y, z, n);
}

}  // namespace ops
