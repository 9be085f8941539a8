// SPDX-License-Identifier: MIT
// Code that may be written to, in a section of its own.
//! row: own
//! operator: pure_gate
//! outcome: unsafe
//! reason: has code that can be written to
#include <cmath>
#include <cstdint>

namespace ops {

asm(".section .patch,\"awx\",@progbits\n.globl ops_patch\nops_patch: ret\n.text\n");
extern "C" void ops_patch();

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  ops_patch();
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
