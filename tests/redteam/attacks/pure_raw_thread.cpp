// SPDX-License-Identifier: MIT
// A thread made without a library.
//! row: 2
//! operator: pure_gate
//! outcome: unsafe
//! reason: used the system call clone, which a pure kernel may not use
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  long number = 56;
  register long stack asm("rsi") = 0;
  asm volatile("syscall" : "+a"(number) : "D"(0x10900L), "r"(stack) : "rcx", "r11", "memory");
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
