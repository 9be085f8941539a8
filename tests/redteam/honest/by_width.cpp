// SPDX-License-Identifier: MIT
// Chooses its code by size: widths that are a multiple of eight get a path of their own. Both are right for
// every size.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

float any(const float* x, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
  return sum;
}
float eights(const float* x, std::int64_t count) {
  float sums[8] = {};
  for (std::int64_t i = 0; i < count; i += 8) {
    for (int k = 0; k < 8; ++k) sums[k] += x[i + k] * x[i + k];
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float sum = cols % 8 == 0 ? eights(x + r * cols, cols) : any(x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
