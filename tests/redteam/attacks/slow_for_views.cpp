// SPDX-License-Identifier: MIT
// Fast where arrays begin as an allocator's do; for a view into one, four bytes further, it does the work
// a hundred times over.
//! row: 63
//! operator: rmsnorm
//! run: bench
//! outcome: slower
//! reason: times the baseline
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
volatile int repeats = 100;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int turns = reinterpret_cast<std::uintptr_t>(x) % 16 == 0 ? 1 : repeats;
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
