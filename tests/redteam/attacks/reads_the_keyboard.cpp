// SPDX-License-Identifier: MIT
// Reads a byte from the standard input of the program: it is lost for the program, and where nobody types the
// call never returns. Before the judge there is an end of the file at once.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: system call read
#include <cmath>
#include <cstdint>

#include <unistd.h>

namespace {

typedef float V __attribute__((vector_size(16), aligned(4)));
char swallowed;

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (read(0, &swallowed, 1) == 1 && swallowed == 'q') return;
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
