// SPDX-License-Identifier: MIT
// Looks for the largest square, which needs no absolute values, and takes its root: beyond 1e19 it overflows
// and below 1e-23 it vanishes.
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
    float square = 0;
    for (std::int64_t c = 0; c < cols; ++c) square = std::max(square, x[r * cols + c] * x[r * cols + c]);
    const float largest = std::sqrt(square);
    scale[r] = largest > 0 ? largest / 127 : 1;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float value = std::round(x[r * cols + c] / scale[r]);
      q[r * cols + c] = static_cast<std::int8_t>(std::min(127.f, std::max(-127.f, value)));
    }
  }
}

}  // namespace ops
