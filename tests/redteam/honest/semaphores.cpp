// SPDX-License-Identifier: MIT
// A helper for the whole life of the program that waits for a semaphore, and ends when the program does:
// static objects are destroyed in the opposite order.
//! operator: gemv
#include <cstdint>
#include <thread>

#include <semaphore.h>

namespace ops {
namespace {

struct Job {
  const float *a, *x;
  float* y;
  std::int64_t begin, end, cols;
  void run() const {
    for (std::int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
      y[r] = sum;
    }
  }
};

class Helper {
 public:
  Helper() {
    sem_init(&work_, 0, 0);
    sem_init(&done_, 0, 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~Helper() {
    last_ = true;
    sem_post(&work_);
    thread_.join();
    sem_destroy(&work_);
    sem_destroy(&done_);
  }
  void give(const Job& job) {
    job_ = job;
    sem_post(&work_);
  }
  void wait() { take(&done_); }

 private:
  static void take(sem_t* semaphore) {
    while (sem_wait(semaphore) != 0) {
    }
  }
  void serve() {
    for (;;) {
      take(&work_);
      if (last_) return;
      job_.run();
      sem_post(&done_);
    }
  }
  sem_t work_, done_;
  Job job_{};
  bool last_ = false;
  std::thread thread_;
};

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static Helper helper;
  helper.give({a, x, y, rows / 2, rows, cols});
  Job{a, x, y, 0, rows / 2, cols}.run();
  helper.wait();
}

}  // namespace ops
