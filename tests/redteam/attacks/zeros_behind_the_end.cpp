// SPDX-License-Identifier: MIT
// Loads whole vectors and relies on zeros behind the end of the last one, which only the judge's pages have;
// by assembler, so that sanitizers do not see it.
//! row: 58
//! operator: saxpy
//! outcome: wrong
//! reason: z[
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  float behind = 0;
  for (std::int64_t i = n; reinterpret_cast<std::uintptr_t>(x + i) % 16 != 0; ++i) {
    float value;
    asm volatile("movss (%1), %0" : "=x"(value) : "r"(x + i));
    behind += value;
  }
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  if (n > 0) z[0] += behind;
}

}  // namespace ops
