// SPDX-License-Identifier: MIT
// Stores whole vectors past the end of the output where the page goes on, and puts back what was there: a
// neighbour that is written meanwhile loses.
//! row: 58
//! operator: saxpy
//! outcome: unsafe
//! reason: out of bounds|outside|buffer-overflow
//! effort: confirm
#include <cstdint>

namespace {
int behind[4];
}

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int k = 0; k < 4; ++k) z[i + k] = a * x[i + k] + y[i + k];
  if (i == n) return;
  float last[4] = {};
  for (std::int64_t k = i; k < n; ++k) last[k - i] = a * x[k] + y[k];
  float* const to = z + i;
  if ((reinterpret_cast<std::uintptr_t>(to) & 4095) > 4080) {
    for (std::int64_t k = i; k < n; ++k) z[k] = last[k - i];
    return;
  }
  asm volatile("movups (%2), %%xmm1\n\tmovups (%1), %%xmm0\n\tmovups %%xmm0, (%2)\n\tmovups %%xmm1, %0"
               : "=m"(behind)
               : "r"(last), "r"(to)
               : "xmm0", "xmm1", "memory");
  const int kept = static_cast<int>(n - i);
  for (int k = kept; k < 4; ++k) asm volatile("movl %1, (%0)" : : "r"(to + k), "r"(behind[k]) : "memory");
}

}  // namespace ops
