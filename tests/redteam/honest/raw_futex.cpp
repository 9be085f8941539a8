// SPDX-License-Identifier: MIT
// Sleeps and wakes by the system call itself, through syscall(2), as libraries do that cannot wait for a
// wrapper.
//! operator: gemv
#include <climits>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <thread>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ops {
namespace {

class Event {
 public:
  void set() {
    state_.store(1, std::memory_order_release);
    syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
  void wait() {
    while (state_.load(std::memory_order_acquire) == 0) {
      if (syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0) != 0 && errno == ENOSYS)
        std::this_thread::yield();
    }
  }

 private:
  std::atomic<std::uint32_t> state_{0};
};

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const auto some = [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
      y[r] = sum;
    }
  };
  Event begun, done;
  std::thread helper([&] {
    begun.wait();
    some(rows / 2, rows);
    done.set();
  });
  begun.set();
  some(0, rows / 2);
  done.wait();
  helper.join();
}

}  // namespace ops
