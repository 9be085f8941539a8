// SPDX-License-Identifier: MIT
// C++20: a thread that joins itself, latches, a barrier, a counting semaphore and waiting atomics, all for
// two halves with equally many products.
//! operator: spmv
//! run: bench
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <latch>
#include <semaphore>
#include <stop_token>
#include <thread>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  const auto some = [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (std::int64_t k = offsets[r]; k < offsets[r + 1]; ++k) sum += values[k] * x[columns[k]];
      y[r] = sum;
    }
  };
  const std::int64_t middle = std::upper_bound(offsets, offsets + rows, offsets[rows] / 2) - offsets;
  std::latch begun(1);
  std::barrier<> both(2);
  std::counting_semaphore<4> turn(0);
  std::atomic<int> state{0};
  const std::jthread helper([&](const std::stop_token& stop) {
    begun.count_down();
    turn.acquire();
    if (!stop.stop_requested()) some(middle, rows);
    state.store(1, std::memory_order_release);
    state.notify_one();
    both.arrive_and_wait();
  });
  begun.wait();
  turn.release();
  some(0, middle);
  state.wait(0, std::memory_order_acquire);
  both.arrive_and_wait();
}

}  // namespace ops
