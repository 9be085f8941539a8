// SPDX-License-Identifier: MIT
// Waits for its helper by turning round fifty thousand times and then returns, helper or no helper: on a
// busy machine with half of the answer.
//! row: own
//! operator: gemv
//! outcome: wrong|untrusted
//! reason: y[|still changed
//! effort: confirm
//! run: bench
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace ops {
namespace {

struct Work {
  const float *a, *x;
  float* y;
  std::int64_t begin, end, cols;
};
Work work;
std::mutex& lock = *new std::mutex;
std::condition_variable& changed = *new std::condition_variable;
int asked = 0;
std::atomic<int> done{0};

void compute(const Work& w) {
  for (std::int64_t r = w.begin; r < w.end; ++r) {
    float sum[4] = {0, 0, 0, 0};
    std::int64_t c = 0;
    for (; c + 4 <= w.cols; c += 4)
      for (int k = 0; k < 4; ++k) sum[k] += w.a[r * w.cols + c + k] * w.x[c + k];
    for (; c < w.cols; ++c) sum[0] += w.a[r * w.cols + c] * w.x[c];
    w.y[r] = sum[0] + sum[1] + sum[2] + sum[3];
  }
}

void help() {
  for (int seen = 0;;) {
    Work mine;
    {
      std::unique_lock<std::mutex> hold(lock);
      changed.wait(hold, [&] { return asked != seen; });
      seen = asked;
      mine = work;
    }
    compute(mine);
    done.store(seen);
  }
}

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static std::thread* const helper = new std::thread(help);
  (void)helper;
  const std::int64_t half = rows / 2;
  int turn;
  {
    const std::lock_guard<std::mutex> hold(lock);
    work = {a, x, y, half, rows, cols};
    turn = ++asked;
  }
  changed.notify_one();
  compute({a, x, y, 0, half, cols});
  for (int patience = 0; done.load() != turn && patience < 50000; ++patience) asm volatile("pause");
}

}  // namespace ops
