// SPDX-License-Identifier: MIT
// Reads every row three times and scales it by its largest element, so that squares neither overflow nor
// vanish.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::fabs(x[r * cols + c]));
    const float unit = largest > 1e-30f && largest < 1e30f ? largest : 1;
    double sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += (x[r * cols + c] / unit) * (x[r * cols + c] / unit);
    const float scale = static_cast<float>(1 / std::sqrt(sum * unit * unit / cols + eps));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
