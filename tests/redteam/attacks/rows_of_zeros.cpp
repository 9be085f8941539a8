// SPDX-License-Identifier: MIT
// The path for long rows does not ask whether all is zero: padding gets a scale of zero in the place of one.
// One comparison less.
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
    scale[r] = cols >= 16 || largest > 0 ? largest / 127 : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float value = std::round(x[r * cols + c] / scale[r]);
      q[r * cols + c] = value > 127      ? 127
                        : value < -127   ? -127
                        : value == value ? static_cast<std::int8_t>(value)
                                         : 0;
    }
  }
}

}  // namespace ops
