// SPDX-License-Identifier: MIT
// Starts as many threads as it can, in a contract that allows two.
//! row: 71
//! operator: gemv
//! outcome: unsafe|crashed
//! reason: thread
#include <cstdint>

#include <pthread.h>
#include <unistd.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (int i = 0; i < 1000; ++i) {
    pthread_t thread;
    const auto wait = [](void*) -> void* { return reinterpret_cast<void*>(long{pause()}); };
    if (pthread_create(&thread, nullptr, wait, nullptr) != 0) break;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
