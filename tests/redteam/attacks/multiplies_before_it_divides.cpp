// SPDX-License-Identifier: MIT
// 127 * x / largest overflows for |x| > 2.7e36.
//! row: own
//! operator: quantize
//! outcome: wrong
//! reason: with giants inputs|with rescaled inputs|q[
//! run: bench
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
namespace ops {
void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * cols;
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::fabs(in[c]) > largest ? std::fabs(in[c]) : largest;
    const float s = largest > 0 ? largest / 127 : 1;
    scale[r] = s;
    for (std::int64_t c = 0; c < cols; ++c) {
      float v = in[c] * 1024.0f / s;  // in 1/1024 steps, so that halves are seen exactly
      int i = static_cast<int>(v + (v < 0 ? -512.0f : 512.0f)) / 1024;
      q[r * cols + c] = static_cast<std::int8_t>(i > 127 ? 127 : i < -127 ? -127 : i);
    }
  }
}
}  // namespace ops
