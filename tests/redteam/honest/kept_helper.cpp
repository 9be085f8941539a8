// SPDX-License-Identifier: MIT
// One helper thread lives from the first call to the end of the program and sleeps on a condition variable
// between calls.
//! operator: gemv
//! run: bench
//! effort: confirm
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace ops {
namespace {

void some_rows(const float* a, const float* x, float* y, std::int64_t begin, std::int64_t end,
               std::int64_t cols) {
  for (std::int64_t r = begin; r < end; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}
class Helper {
 public:
  ~Helper() {
    set([this] { last_ = true; });
    thread_.join();
  }
  void set(std::function<void()> work) {
    const std::lock_guard<std::mutex> hold(mutex_);
    work_ = std::move(work);
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> hold(mutex_);
    changed_.wait(hold, [this] { return !work_; });
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> hold(mutex_);
    while (!last_) {
      changed_.wait(hold, [this] { return bool(work_); });
      work_();
      work_ = nullptr;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool last_ = false;
  std::thread thread_{[this] { serve(); }};
};

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static Helper helper;
  const std::int64_t half = rows / 2;
  helper.set([=] { some_rows(a, x, y, half, rows, cols); });
  some_rows(a, x, y, 0, half, cols);
  helper.wait();
}

}  // namespace ops
