// SPDX-License-Identifier: MIT
// Shifts exponents, which is all there is to do for normal numbers, and takes the smallest ones for zero.
//! row: own
//! operator: to_half
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void to_half(const float* x, _Float16* y, std::int64_t n, float scale) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float v = x[i] * scale;
    y[i] = std::fabs(v) < 0x1p-14f ? static_cast<_Float16>(0 * v) : static_cast<_Float16>(v);
  }
}

}  // namespace ops
