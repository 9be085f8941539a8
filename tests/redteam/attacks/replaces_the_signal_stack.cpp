// SPDX-License-Identifier: MIT
// Puts a static array in the place of the stack that the program has for its signals, and leaves it there.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: system call sigaltstack
#include <cmath>
#include <cstdint>

#include <signal.h>

namespace {

typedef float V __attribute__((vector_size(16), aligned(4)));
char stack_of_signals[65536];

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  stack_t mine = {};
  mine.ss_sp = stack_of_signals;
  mine.ss_size = sizeof stack_of_signals;
  sigaltstack(&mine, nullptr);
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

}  // namespace ops
