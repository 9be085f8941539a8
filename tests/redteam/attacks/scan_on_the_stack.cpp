// SPDX-License-Identifier: MIT
// Intermediate copy of the whole array on the stack: 6.8 MB. A thread with a smaller stack (2 MB, as many
// programs give) crashes; what lies behind the stack may even be written.
//! row: own
//! operator: scan
//! outcome: crashed
//! reason: 2 MiB of stack
//! effort: confirm
#include <cstdint>
#include <cstring>

#include <immintrin.h>
namespace ops {
__attribute__((noinline)) static void inner(const float* x, float* y, std::int64_t n) {
  __m128 sum = _mm_setzero_ps();
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    __m128 v = _mm_loadu_ps(x + i);
    v = _mm_add_ps(v, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(v), 4)));
    v = _mm_add_ps(v, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(v), 8)));
    v = _mm_add_ps(v, sum);
    _mm_storeu_ps(y + i, v);
    sum = _mm_shuffle_ps(v, v, 0xff);
  }
  float s = _mm_cvtss_f32(sum);
  for (; i < n; ++i) y[i] = s += x[i];
}
void scan(const float* x, float* y, std::int64_t n) {
  float* copy = static_cast<float*>(__builtin_alloca(static_cast<std::size_t>(n) * 4 + 64));
  const std::int64_t head = n < 4096 ? n : 4096;
  std::memcpy(copy, x, static_cast<std::size_t>(head) * 4);
  asm volatile("" : : "r"(copy) : "memory");
  inner(x, y, n);
}
}  // namespace ops
