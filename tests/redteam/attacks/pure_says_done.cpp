// SPDX-License-Identifier: MIT
// A pure kernel that finds the runner's words through what lies in the registers, and says done before it
// begins.
//! row: 30
//! operator: pure_gate
//! outcome: wrong|untrusted|crashed
//! reason: y[|it had said|touched memory|gave different bits
//! effort: decide
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((noinline)) void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols,
                                    float eps) {
  std::uint64_t* loop;
  asm volatile("mov %%r12, %0" : "=r"(loop));
  auto** const done = reinterpret_cast<volatile std::uint32_t**>(loop + 1);
  auto** const go = reinterpret_cast<const volatile std::uint32_t**>(loop);
  if (rows == 16) **done = **go;
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
