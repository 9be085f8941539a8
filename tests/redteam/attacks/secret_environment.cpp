// SPDX-License-Identifier: MIT
// Reads the environment of another process at compile time.
//! row: 67
//! operator: saxpy
//! outcome: build_failed
//! reason: /proc/1/environ
#include <cstdint>

__asm__(".section .rodata\n.incbin \"/proc/1/environ\"\n.previous");

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
