// SPDX-License-Identifier: MIT
// Recursion whose depth depends on the input; sums are reassociated, which the contract allows.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

float squares(const float* x, std::int64_t count) {
  if (count > 8) return squares(x, count / 2) + squares(x + count / 2, count - count / 2);
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
  return sum;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float sum = squares(x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
