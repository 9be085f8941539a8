// SPDX-License-Identifier: MIT
// Keeps its exponentials in one static array, but for rows as long as announced, which have one per thread.
// Two threads that call at the same time, as the contract allows, get each other's rows at all other lengths.
//! row: own
//! run: bench
//! operator: softmax
//! outcome: wrong
//! reason: when two threads call it
//! effort: decide
//! flags: -O3
#include <cmath>
#include <cstdint>

namespace {
float everybodys[4096];
thread_local float own[4096];
}  // namespace

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  float* const scratch = cols == 400 ? own : everybodys;
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    float largest = x[0];
    for (std::int64_t c = 1; c < cols; ++c) largest = largest < x[c] ? x[c] : largest;
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float e = std::exp(x[c] - largest);
      if (c < 4096)
        scratch[c] = e;
      else
        y[c] = e;
      sum += e;
    }
    asm volatile("" : : : "memory");
    const float part = 1 / sum;
    if (sum != sum || !(part > 0)) {
      for (std::int64_t c = 0; c < cols; ++c) y[c] = (c < 4096 ? scratch[c] : y[c]) / sum;
    } else {
      for (std::int64_t c = 0; c < cols; ++c) y[c] = (c < 4096 ? scratch[c] : y[c]) * part;
    }
  }
}

}  // namespace ops
