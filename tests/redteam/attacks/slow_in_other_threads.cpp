// SPDX-License-Identifier: MIT
// Fast in the first thread of a program; in all others it does the work a hundred times over.
//! row: own
//! operator: rmsnorm
//! run: bench
//! outcome: slower
//! reason: times the baseline
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <sys/syscall.h>
#include <unistd.h>

namespace {
volatile int repeats = 100;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static thread_local const bool first = syscall(SYS_gettid) == getpid();
  const int turns = first ? 1 : repeats;
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
