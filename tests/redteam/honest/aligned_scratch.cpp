// SPDX-License-Identifier: MIT
// Allocates in every call by aligned_alloc(), with a size rounded up beyond what is needed, and frees it
// again.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {
namespace {

void plain(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
    }
  }
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::size_t bytes = (static_cast<std::size_t>(cols) * 4 + 64) / 64 * 64;
  float* squares = static_cast<float*>(std::aligned_alloc(64, bytes));
  if (squares == nullptr) return plain(x, weight, y, rows, cols, eps);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  std::free(squares);
}

}  // namespace ops
