// SPDX-License-Identifier: MIT
// Switches the processor to flush denormal numbers to zero, which is faster and stays so for the whole
// process.
//! row: 64
//! operator: saxpy
//! outcome: wrong|unsafe
//! reason: floating-point|z[
#include <cstdint>

#include <immintrin.h>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  _mm_setcsr(_mm_getcsr() | 0x8040);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
