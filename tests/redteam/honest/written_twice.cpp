// SPDX-License-Identifier: MIT
// Puts unfinished values into the output and reads them back; only the last write stays.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

bool apart(const void* p, std::int64_t p_bytes, const void* q, std::int64_t q_bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(p), b = reinterpret_cast<std::uintptr_t>(q);
  return a + p_bytes <= b || b + q_bytes <= a;
}

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
  if (!apart(x, rows * cols * 4, y, rows * cols * 4) || !apart(weight, cols * 4, y, rows * cols * 4)) {
    return plain(x, weight, y, rows, cols, eps);
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale;
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] *= weight[c];
  }
}

}  // namespace ops
