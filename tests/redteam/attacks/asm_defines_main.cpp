// SPDX-License-Identifier: MIT
// Assembler text defines main, where no rule about words looks.
//! row: own
//! operator: saxpy
//! outcome: crashed|unsafe|wrong
//! reason: ended the process
#include <cstdint>

asm(".globl main\n.type main, @function\nmain:\n  mov $231, %eax\n  xor %edi, %edi\n  syscall\n");

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
