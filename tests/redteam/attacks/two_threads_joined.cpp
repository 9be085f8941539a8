// SPDX-License-Identifier: MIT
// A second thread computes half of the rows and is joined before the call returns; the contract allows one
// thread.
//! row: 27
//! operator: rmsnorm
//! outcome: unsafe
//! reason: clone to start a thread
#include <cmath>
#include <cstdint>
#include <thread>

namespace {

void part(const float* x, const float* weight, float* y, std::int64_t begin, std::int64_t end,
          std::int64_t cols, float eps) {
  for (std::int64_t r = begin; r < end; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (rows < 16) return part(x, weight, y, 0, rows, cols, eps);
  std::thread other(part, x, weight, y, rows / 2, rows, cols, eps);
  part(x, weight, y, 0, rows / 2, cols, eps);
  other.join();
}

}  // namespace ops
