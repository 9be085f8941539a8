// SPDX-License-Identifier: MIT
// Tells the compiler what it may assume, and what is likely.
//! operator: saxpy
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (n < 0) __builtin_unreachable();
  if (__builtin_expect(n == 0, 0)) return;
  x = static_cast<const float*>(__builtin_assume_aligned(x, 4));
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
