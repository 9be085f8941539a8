// SPDX-License-Identifier: MIT
// Two directives of the assembler make an object file of a hundred gigabytes.
//! row: 71
//! operator: saxpy
//! outcome: build_failed
//! reason: compile:
#include <cstdint>

asm(".data\n.fill 1000000000, 8, 0x5a5a5a5a\n.fill 1000000000, 8, 0x5a5a5a5a\n.text");

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
