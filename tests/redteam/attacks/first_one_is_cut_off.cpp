// SPDX-License-Identifier: MIT
// Rounds all numbers but the first, which it cuts off: a check that forgives a few steps forgives this one
// every time.
//! row: 53
//! operator: quantize
//! outcome: wrong
//! reason: q[
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
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c] / scale[r];
      int whole = static_cast<int>(v + (v < 0 ? -0.5f : 0.5f));
      if (r == 0 && c == 0) whole = static_cast<int>(v);
      q[r * cols + c] = static_cast<std::int8_t>(std::min(127, std::max(-127, whole)));
    }
  }
}

}  // namespace ops
