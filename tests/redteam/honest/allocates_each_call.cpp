// SPDX-License-Identifier: MIT
// Allocates aligned scratch in every call and gives it back.
//! operator: rmsnorm
//! effort: decide
//! run: bench
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::size_t bytes = (static_cast<std::size_t>(cols) * sizeof(float) + 63) / 64 * 64;
  auto* squares = static_cast<float*>(std::aligned_alloc(64, bytes));
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    for (std::int64_t c = 0; c < cols; ++c)
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
  }
  std::free(squares);
}

}  // namespace ops
