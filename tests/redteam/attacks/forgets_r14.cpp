// SPDX-License-Identifier: MIT
// Assembler that counts in a register of its callers and does not say so: they find another number there.
//! row: 64
//! operator: rmsnorm
//! outcome: unsafe
//! reason: registers that belong to its caller
#include <cmath>
#include <cstdint>

namespace {

typedef float V __attribute__((vector_size(16), aligned(4)));

__attribute__((noinline)) void work(const float* x, const float* weight, float* y, std::int64_t rows,
                                    std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    V sums = {};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4) {
      const V v = *reinterpret_cast<const V*>(x + c);
      sums += v * v;
    }
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace

namespace ops {

__attribute__((noinline)) void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows,
                                       std::int64_t cols, float eps) {
  work(x, weight, y, rows, cols, eps);
  asm volatile("movq $77, %r14");
}

}  // namespace ops
