// SPDX-License-Identifier: MIT
// Hands all rows to its one helper thread, which the contract allows, and does not wait for it.
//! row: 2
//! operator: gemv
//! outcome: untrusted|wrong
//! reason: it had said|y[
#include <atomic>
#include <cstdint>
#include <thread>

namespace {

struct Job {
  const float *a, *x;
  float* y;
  std::int64_t rows, cols;
} job;
std::atomic<int> posted{0};

void work() {
  for (int done = 0;;) {
    if (posted.load() == done) {
      std::this_thread::yield();
      continue;
    }
    ++done;
    const Job mine = job;
    for (std::int64_t r = 0; r < mine.rows; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < mine.cols; ++c) sum += mine.a[r * mine.cols + c] * mine.x[c];
      mine.y[r] = sum;
    }
  }
}

}  // namespace

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static std::thread helper(work);
  job = Job{a, x, y, rows, cols};
  posted.fetch_add(1);
}

}  // namespace ops
