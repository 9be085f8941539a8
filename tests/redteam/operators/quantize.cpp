// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      if (std::fabs(x[r * cols + c]) > largest) largest = std::fabs(x[r * cols + c]);
    }
    scale[r] = largest > 0 ? largest / 127 : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      long value = std::lround(x[r * cols + c] / scale[r]);
      if (value > 127) value = 127;
      if (value < -127) value = -127;
      q[r * cols + c] = static_cast<std::int8_t>(value);
    }
  }
}

}  // namespace ops
