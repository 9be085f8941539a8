#include "ops/quantize_int8.h"

#include <cmath>

namespace ops {

void quantize_int8(const float* x, std::int8_t* q, float* scale, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    float largest = 0.0f;
    for (std::size_t c = 0; c < cols; ++c) {
      if (std::fabs(x[r * cols + c]) > largest) largest = std::fabs(x[r * cols + c]);
    }
    scale[r] = largest > 0.0f ? largest / 127.0f : 1.0f;
    for (std::size_t c = 0; c < cols; ++c) {
      long value = std::lround(x[r * cols + c] / scale[r]);
      if (value > 127) value = 127;
      if (value < -127) value = -127;
      q[r * cols + c] = static_cast<std::int8_t>(value);
    }
  }
}

}  // namespace ops
