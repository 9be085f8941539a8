// SPDX-License-Identifier: MIT
// std::async() with a thread of its own; the future is waited for.
//! operator: gemv
//! run: bench
#include <cstdint>
#include <future>

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
  const auto other = std::async(std::launch::async, some_rows, a, x, y, half, rows, cols);
  some_rows(a, x, y, 0, half, cols);
  other.wait();
}

}  // namespace ops
