// SPDX-License-Identifier: MIT
// Release and acquire on two atomics instead of locks, and a shared index of blocks that both threads
// advance.
//! operator: gemv
//! run: bench
#include <atomic>
#include <cstdint>
#include <thread>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  struct alignas(64) Padded {
    std::atomic<std::int64_t> value{0};
  };
  Padded next, finished;
  std::atomic<bool> go{false};
  const auto work = [&] {
    constexpr std::int64_t block = 24;
    std::int64_t done = 0;
    for (std::int64_t begin; (begin = next.value.fetch_add(block, std::memory_order_relaxed)) < rows;) {
      for (std::int64_t r = begin; r < rows && r < begin + block; ++r, ++done) {
        float sum = 0;
        for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
        y[r] = sum;
      }
    }
    finished.value.fetch_add(done, std::memory_order_release);
  };
  std::thread helper([&] {
    while (!go.load(std::memory_order_acquire)) std::this_thread::yield();
    work();
  });
  go.store(true, std::memory_order_release);
  work();
  while (finished.value.load(std::memory_order_acquire) != rows) std::this_thread::yield();
  helper.join();
}

}  // namespace ops
