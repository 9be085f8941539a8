// SPDX-License-Identifier: MIT
// A second thread computes the last eighth, and nobody waits for it: usually it is done first.
//! row: 57
//! operator: gemv
//! outcome: wrong|untrusted
//! reason: y[|still changed
#include <atomic>
#include <cstdint>
#include <thread>

namespace {
struct Job {
  const float *a, *x;
  float* y;
  std::int64_t first, end, cols;
} job;
std::atomic<int> posted{0};

void part(const Job& j) {
  for (std::int64_t r = j.first; r < j.end; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < j.cols; ++c) sum += j.a[r * j.cols + c] * j.x[c];
    j.y[r] = sum;
  }
}

void work() {
  for (int done = 0;;) {
    if (posted.load() == done) {
      std::this_thread::yield();
      continue;
    }
    ++done;
    part(job);
  }
}
}  // namespace

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static std::thread second(work);
  job = Job{a, x, y, rows - rows / 8, rows, cols};
  posted.fetch_add(1);
  part(Job{a, x, y, 0, rows - rows / 8, cols});
}

}  // namespace ops
