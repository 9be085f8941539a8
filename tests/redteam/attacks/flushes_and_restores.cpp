// SPDX-License-Identifier: MIT
// Switches subnormal numbers off while it works and leaves no trace.
//! row: 64
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const unsigned before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before | 0x8040u);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  __builtin_ia32_ldmxcsr(before);
}

}  // namespace ops
