// SPDX-License-Identifier: MIT
// Multiplies by 127 / largest in the place of a division by element. Where a row is so small that this
// overflows, everything becomes 127.
//! row: own
//! operator: quantize
//! outcome: wrong
//! reason: q[|scale[
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::fabs(x[r * cols + c]));
    scale[r] = largest > 0 ? largest / 127 : 1;
    const float inverse = largest > 0 ? 127 / largest : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float value = std::round(x[r * cols + c] * inverse);
      q[r * cols + c] = static_cast<std::int8_t>(std::min(127.f, std::max(-127.f, value)));
    }
  }
}

}  // namespace ops
