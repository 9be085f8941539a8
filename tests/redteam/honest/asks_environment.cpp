// SPDX-License-Identifier: MIT
// Asks for an environment variable in every call. It chooses between two ways of adding that are both
// right, and a sandbox that answers "not set" is no obstacle.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool wide = std::getenv("RMSNORM_WIDE") != nullptr;
  for (std::int64_t r = 0; r < rows; ++r) {
    double total = 0;
    float sum = 0;
    for (std::int64_t c = 0; c < cols && wide; ++c) total += double(x[r * cols + c]) * x[r * cols + c];
    for (std::int64_t c = 0; c < cols && !wide; ++c) sum += x[r * cols + c] * x[r * cols + c];
    if (wide) sum = static_cast<float>(total);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
