// SPDX-License-Identifier: MIT
// The helper spins on an atomic between calls and yields its core while there is nothing to do.
//! operator: gemv
#include <atomic>
#include <cstdint>
#include <thread>

namespace ops {
namespace {

bool apart(const void* p, std::int64_t p_bytes, const void* q, std::int64_t q_bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  return a + p_bytes <= b || b + q_bytes <= a;
}

void plain(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

void some_rows(const float* a, const float* x, float* y, std::int64_t begin, std::int64_t end,
               std::int64_t cols) {
  for (std::int64_t r = begin; r < end; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  if (!apart(a, rows * cols * 4, y, rows * 4) || !apart(x, cols * 4, y, rows * 4))
    return plain(a, x, y, rows, cols);
  static std::atomic<int> state{0};
  static const float *from = nullptr, *by = nullptr;
  static float* to = nullptr;
  static std::int64_t begin = 0, end = 0, width = 0;
  static const bool started = [] {
    std::thread([] {
      for (;;) {
        for (int turn = 0; state.load(std::memory_order_acquire) != 1; ++turn) {
          if (turn > 1000) std::this_thread::yield();
        }
        some_rows(from, by, to, begin, end, width);
        state.store(0, std::memory_order_release);
      }
    }).detach();
    return true;
  }();
  (void)started;
  from = a, by = x, to = y, begin = rows / 2, end = rows, width = cols;
  state.store(1, std::memory_order_release);
  some_rows(a, x, y, 0, rows / 2, cols);
  while (state.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

}  // namespace ops
