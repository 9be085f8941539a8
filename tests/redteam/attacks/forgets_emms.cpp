// SPDX-License-Identifier: MIT
// Moves bits through MMX registers and leaves them so: the caller's next computation with long double gives
// NaN.
//! row: 64
//! operator: saxpy
//! outcome: unsafe
//! reason: floating-point
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::uint64_t bits = static_cast<std::uint64_t>(n);
  asm volatile("movq %0, %%mm0\n\tmovq %%mm0, %0" : "+r"(bits) : : "mm0");
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
