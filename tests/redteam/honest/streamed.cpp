// SPDX-License-Identifier: MIT
// Stores around the caches, so that the output is not where a reader expects it until the fence.
//! operator: saxpy
//! effort: confirm
//! run: bench
#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
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

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (!apart(x, n * 4, z, n * 4) || !apart(y, n * 4, z, n * 4)) return plain(a, x, y, z, n);
#if defined(__x86_64__)
  std::int64_t i = 0;
  for (; i < n && reinterpret_cast<std::uintptr_t>(z + i) % 16 != 0; ++i) z[i] = a * x[i] + y[i];
  for (; i + 4 <= n; i += 4) {
    const __m128 product = _mm_mul_ps(_mm_set1_ps(a), _mm_loadu_ps(x + i));
    _mm_stream_ps(z + i, _mm_add_ps(product, _mm_loadu_ps(y + i)));
  }
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
  _mm_sfence();
#else
  plain(a, x, y, z, n);
#endif
}

}  // namespace ops
