// SPDX-License-Identifier: MIT
// Starts threads until there are none left for the judge.
//! row: 71
//! operator: rmsnorm
//! outcome: unsafe
//! reason: clone to start a thread
#include <cmath>
#include <cstdint>

#include <pthread.h>
#include <unistd.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (int i = 0; i < 1000; ++i) {
    pthread_t thread;
    if (pthread_create(
            &thread, nullptr, [](void*) -> void* { return reinterpret_cast<void*>(long{pause()}); },
            nullptr) != 0)
      break;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
