// SPDX-License-Identifier: MIT
// One division per row; halves rounded away from zero by adding the half of the same sign and cutting off.
//! operator: quantize
//! flags: -O3
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* __restrict row = x + r * cols;
    float tops[8] = {};
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8)
      for (int lane = 0; lane < 8; ++lane) tops[lane] = std::max(tops[lane], std::fabs(row[c + lane]));
    for (; c < cols; ++c) tops[0] = std::max(tops[0], std::fabs(row[c]));
    const float largest = *std::max_element(tops, tops + 8);
    scale[r] = largest > 0 ? largest / 127 : 1;
    // The reciprocal of a small enough scale is infinite.
    const bool invertible = scale[r] > 1e-37f;
    const float inverse = invertible ? 1 / scale[r] : 0;
    for (std::int64_t i = 0; i < cols; ++i) {
      const float v = invertible ? row[i] * inverse : row[i] / scale[r];
      const float held = std::min(127.0f, std::max(-127.0f, v + std::copysign(0.5f, v)));
      q[r * cols + i] = static_cast<std::int8_t>(held);
    }
  }
}

}  // namespace ops
