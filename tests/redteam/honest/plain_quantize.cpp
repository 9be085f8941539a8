// SPDX-License-Identifier: MIT
// Rounds half away from zero without a library's help.
//! operator: quantize
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::fabs(x[r * cols + c]));
    scale[r] = largest > 0 ? largest / 127 : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c] / scale[r];
      const int down = static_cast<int>(v);
      const float part = std::fabs(v - static_cast<float>(down));
      const int whole = down + (part >= 0.5f ? (v < 0 ? -1 : 1) : 0);
      q[r * cols + c] = static_cast<std::int8_t>(std::min(127, std::max(-127, whole)));
    }
  }
}

}  // namespace ops
