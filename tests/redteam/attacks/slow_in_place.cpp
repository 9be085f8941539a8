// SPDX-License-Identifier: MIT
// Fast where its output lies elsewhere; in place it is right as well, and does the work a hundred times over.
//! row: own
//! operator: rmsnorm
//! outcome: slower
//! reason: times the baseline
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
volatile int repeats = 100;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int turns = x == y ? repeats : 1;
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
