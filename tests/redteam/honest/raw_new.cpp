// SPDX-License-Identifier: MIT
// Memory from new[] is read without an initialiser in sight. Every element is written first, in the loop
// before.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <memory>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::unique_ptr<float[]> squares(new float[static_cast<std::size_t>(cols) + 1]);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
