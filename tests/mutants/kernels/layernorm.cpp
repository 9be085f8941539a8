// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void layernorm(const float* x, const float* weight, const float* bias, float* y, std::int64_t rows,
               std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * cols;
    float mean = 0;
    for (std::int64_t c = 0; c < cols; ++c) mean += in[c];
    mean /= cols;
    float variance = 0;
    for (std::int64_t c = 0; c < cols; ++c) variance += (in[c] - mean) * (in[c] - mean);
    variance /= cols;
    const float scale = 1 / std::sqrt(variance + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = (in[c] - mean) * scale * weight[c] + bias[c];
  }
}

}  // namespace ops
