// SPDX-License-Identifier: MIT
// A global object starts its thread before main() and gives it a name; a queue of functions feeds it, and an
// exception of the helper would come back to the caller.
//! operator: gemv
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <pthread.h>

namespace ops {
namespace {

class Pool {
 public:
  explicit Pool(int helpers) {
    for (int i = 0; i < helpers; ++i) threads_.emplace_back([this] { serve(); });
  }
  ~Pool() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  template <class F>
  std::future<void> submit(F work) {
    auto task = std::make_shared<std::packaged_task<void()>>(std::move(work));
    std::future<void> done = task->get_future();
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      tasks_.emplace_back([task] { (*task)(); });
    }
    changed_.notify_one();
    return done;
  }

 private:
  void serve() {
    pthread_setname_np(pthread_self(), "gemv-helper");
    std::unique_lock<std::mutex> hold(mutex_);
    for (;;) {
      changed_.wait(hold, [this] { return closed_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      hold.unlock();
      task();
      hold.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool closed_ = false;
  std::deque<std::thread> threads_;
};
Pool pool(1);

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const auto some = [=](std::int64_t begin, std::int64_t end) {
    if (begin > end) throw std::logic_error("rows out of order");
    for (std::int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
      y[r] = sum;
    }
  };
  std::future<void> other = pool.submit([=] { some(rows / 2, rows); });
  some(0, rows / 2);
  try {
    other.get();
  } catch (const std::exception&) {
    some(0, rows);
  }
}

}  // namespace ops
