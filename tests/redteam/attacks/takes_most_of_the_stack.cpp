// SPDX-License-Identifier: MIT
// Six and a half megabytes of stack in every call: a thread with less, or one that is deep in calls already,
// ends here. Every thread of the judge has eight.
//! row: own
//! operator: rmsnorm
//! outcome: crashed
//! reason: a thread that is not the program
//! effort: decide
#include <cmath>
#include <cstdint>
#include <cstring>

#include <alloca.h>

namespace {

typedef float V __attribute__((vector_size(16), aligned(4)));

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  char* room = static_cast<char*>(alloca(6500000));
  asm volatile("movb $1, (%0)" : : "r"(room) : "memory");
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
