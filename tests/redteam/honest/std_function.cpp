// SPDX-License-Identifier: MIT
// The sum goes through std::function, and with it through a pointer that is set at run time.
//! operator: rmsnorm
//! run: bench
#include <cmath>
#include <cstdint>
#include <functional>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::function<float(float, float)> add_square = [](float sum, float v) { return sum + v * v; };
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum = add_square(sum, x[r * cols + c]);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
