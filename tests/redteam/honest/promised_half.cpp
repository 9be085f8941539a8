// SPDX-License-Identifier: MIT
// A promise, a packaged task and a shared future carry one half of the rows; a reader-writer lock guards what
// both read.
//! operator: gemv
//! run: bench
#include <cstdint>
#include <future>
#include <shared_mutex>
#include <thread>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::shared_mutex mutex;
  const auto some = [&](std::int64_t begin, std::int64_t end) -> std::int64_t {
    const std::shared_lock hold(mutex);
    for (std::int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
      y[r] = sum;
    }
    return end - begin;
  };
  std::packaged_task<std::int64_t()> task([&] { return some(rows / 2, rows); });
  const std::shared_future<std::int64_t> done = task.get_future().share();
  std::promise<void> begun;
  std::thread helper([&] {
    begun.set_value();
    task();
  });
  begun.get_future().wait();
  const std::int64_t mine = some(0, rows / 2);
  const bool whole = mine + done.get() == rows;
  helper.join();
  if (!whole) some(0, rows);
}

}  // namespace ops
