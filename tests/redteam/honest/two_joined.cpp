// SPDX-License-Identifier: MIT
// Starts two threads in every call while the caller waits: never more than two are at work, and none is
// left after the call.
//! operator: gemv
//! run: bench
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
  const std::int64_t half = rows / 2;
  std::thread first(some_rows, a, x, y, std::int64_t{0}, half, cols);
  std::thread second(some_rows, a, x, y, half, rows, cols);
  first.join();
  second.join();
}

}  // namespace ops
