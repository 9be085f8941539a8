// SPDX-License-Identifier: MIT
// Whoever finishes last adds the two halves of every sum; a+b is b+a.
//! operator: gemv
//! run: bench
//! effort: confirm
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

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

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  if (!apart(a, rows * cols * 4, y, rows * 4) || !apart(x, cols * 4, y, rows * 4))
    return plain(a, x, y, rows, cols);
  std::vector<float> halves(static_cast<std::size_t>(2 * rows));
  std::atomic<int> finished{0};
  const auto work = [&](std::int64_t part) {
    for (std::int64_t r = 0; r < rows; ++r) {
      float sum = 0;
      for (std::int64_t c = part * cols / 2; c < (part + 1) * cols / 2; ++c) sum += a[r * cols + c] * x[c];
      halves[2 * r + part] = sum;
    }
    if (finished.fetch_add(1) == 0) return;
    for (std::int64_t r = 0; r < rows; ++r) y[r] = halves[2 * r + part] + halves[2 * r + 1 - part];
  };
  std::thread other(work, 0);
  work(1);
  other.join();
}

}  // namespace ops
