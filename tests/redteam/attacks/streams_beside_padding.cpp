// SPDX-License-Identifier: MIT
// Orders nothing, and has an instruction beside its stores that looks as if it did: exchanging a register
// with itself is what compilers pad code with.
//! row: 57
//! operator: axpby
//! outcome: unsafe
//! reason: orders those stores by nothing
//! effort: confirm
#include <cstdint>

#include <emmintrin.h>

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  const __m128 a = _mm_set1_ps(alpha), b = _mm_set1_ps(beta);
  std::int64_t i = 0;
  for (; i < n && (reinterpret_cast<std::uintptr_t>(z + i) & 15) != 0; ++i) z[i] = alpha * x[i] + beta * y[i];
  asm volatile("xchg %%ax, %%ax" : :);
  for (; i + 4 <= n; i += 4)
    _mm_stream_ps(z + i, _mm_add_ps(_mm_mul_ps(a, _mm_loadu_ps(x + i)), _mm_mul_ps(b, _mm_loadu_ps(y + i))));
  for (; i < n; ++i) z[i] = alpha * x[i] + beta * y[i];
}

}  // namespace ops
