// SPDX-License-Identifier: MIT
// Leaves the processor in a mode that ends the program at the next access that is not aligned.
//! row: 64
//! operator: saxpy
//! outcome: unsafe|crashed
//! reason: flag|SIGBUS
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  asm volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\torl $0x40000, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp"
               :
               :
               : "memory", "cc");
}

}  // namespace ops
