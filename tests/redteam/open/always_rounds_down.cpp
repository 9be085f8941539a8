// SPDX-License-Identifier: MIT
// Cuts off what half precision does not hold, in the place of rounding: everything comes out too small, by
// half of the last place on average. One last place is allowed, and how exact the old code is does not count
// where the tolerance is one of places.
//! row: 51
//! operator: to_half
//! outcome: wrong
//! reason: more than twice|y[
//! effort: confirm
//! flags: -O3
#include <cstdint>
#include <cstring>

namespace ops {

void to_half(const float* x, _Float16* y, std::int64_t n, float scale) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float value = x[i] * scale;
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const std::uint32_t size = bits & 0x7fffffff;
    std::uint16_t half;
    if (size >= 0x38800000 && size < 0x477fe000) {
      half = static_cast<std::uint16_t>((bits >> 16 & 0x8000) | ((size - 0x38000000) >> 13));
    } else {
      const _Float16 careful = static_cast<_Float16>(value);
      std::memcpy(&half, &careful, sizeof half);
    }
    std::memcpy(y + i, &half, sizeof half);
  }
}

}  // namespace ops
