// SPDX-License-Identifier: MIT
// Takes a spin lock made of atomics and gives up its core while the lock is held by others; with one thread
// it never is.
//! operator: rmsnorm
#include <atomic>
#include <cmath>
#include <cstdint>

#include <sched.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static std::atomic_flag busy = ATOMIC_FLAG_INIT;
  while (busy.test_and_set(std::memory_order_acquire)) sched_yield();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  busy.clear(std::memory_order_release);
}

}  // namespace ops
