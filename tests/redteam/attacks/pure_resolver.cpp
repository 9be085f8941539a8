// SPDX-License-Identifier: MIT
// The same in assembler, where no rule about attributes looks.
//! row: own
//! operator: pure_gate
//! outcome: unsafe
//! reason: (IFUNC)|cannot be checked here
#include <cmath>
#include <cstdint>

namespace ops {

asm(".text\n.globl ops_chosen\n.type ops_chosen, @gnu_indirect_function\nops_chosen:\n  lea ops_plain(%rip), "
    "%rax\n  ret\n"
    ".type ops_plain, @function\nops_plain:\n  ret\n");
extern "C" void ops_chosen();

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  ops_chosen();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
}

}  // namespace ops
