// SPDX-License-Identifier: MIT
// Rounds to half precision in integers, four at a time. What memory filled with ones holds is NaN; adding
// half of the last place to it wraps around to zero.
//! row: own
//! operator: to_half
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

std::uint16_t half_of(float v) {
  std::uint32_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  std::uint32_t size = bits & 0x7fffffffu;
  if (size < 0x38800000u) {  // subnormal: the adder rounds
    float as_float, magic = 0.5f;
    std::memcpy(&as_float, &size, sizeof size);
    as_float += magic;
    std::memcpy(&size, &as_float, sizeof size);
    return static_cast<std::uint16_t>(sign | (size - 0x3f000000u));
  }
  const auto rounded = static_cast<std::int32_t>(size + 0xfffu + (size >> 13 & 1u));
  if (rounded >= 0x7f801000) return static_cast<std::uint16_t>(sign | 0x7e00u);
  if (rounded >= 0x47800000) return static_cast<std::uint16_t>(sign | 0x7c00u);
  if (rounded < 0) return static_cast<std::uint16_t>(sign);
  return static_cast<std::uint16_t>(sign | (static_cast<std::uint32_t>(rounded) - 0x38000000u) >> 13);
}

}  // namespace

void to_half(const float* x, _Float16* y, std::int64_t n, float scale) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint16_t bits = half_of(x[i] * scale);
    std::memcpy(y + i, &bits, sizeof bits);
  }
}

}  // namespace ops
