// SPDX-License-Identifier: MIT
// Throws in every call and catches it itself: control flow that unwinds the stack, while nothing leaves the
// kernel.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace ops {
namespace {

std::int64_t checked(std::int64_t cols) {
  if (cols % 2 == 0 || cols > 3) throw std::length_error("no special case");
  return cols;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::int64_t length = 0;
  try {
    length = checked(cols);
  } catch (const std::length_error&) {
    length = cols;
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < length; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
