// SPDX-License-Identifier: MIT
// Asks the operating system for its process number, without any library.
//! row: own
//! operator: pure_gate
//! outcome: unsafe
//! reason: used the system call getpid, which a pure kernel may not use
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  long number = 39;
  asm volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
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
