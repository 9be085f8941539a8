// SPDX-License-Identifier: MIT
// Fast in most calls; every thirtieth is hundreds of times as long, which no median feels.
//! row: 32
//! operator: rmsnorm
//! run: bench
//! outcome: slower
//! reason: all of them together|sum|total|times the baseline
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
volatile int repeats = 300;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static int calls = 0;
  const int turns = ++calls % 30 == 0 ? repeats : 1;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (int turn = 0; turn < turns; ++turn) {
      sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
      asm volatile("" : : : "memory");
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
