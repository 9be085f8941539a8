// SPDX-License-Identifier: MIT
// Every thread gets a scratch array at its first call, which nobody frees when the thread ends: a server that
// answers each request in a thread of its own runs out of memory.
//! row: own
//! run: bench
//! operator: rmsnorm
//! outcome: unsafe
//! reason: every thread that has called it and ended
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace {
thread_local float* scratch = nullptr;
thread_local std::int64_t room = 0;
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (room < cols) {
    std::free(scratch);
    room = cols > 4096 ? cols : 4096;
    scratch = static_cast<float*>(std::malloc(static_cast<std::size_t>(room) * sizeof(float)));
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      scratch[c] = x[r * cols + c] * weight[c];
      sum += x[r * cols + c] * x[r * cols + c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = scratch[c] * scale;
  }
}

}  // namespace ops
