// SPDX-License-Identifier: MIT
// Its file has an inline function that other files of the repository have from the same header. It brings
// another one of that name, which cuts off in the place of rounding, and which the linker may take for
// everybody; its own numbers are rounded by a third.
//! row: 7
//! operator: silu_bf16
//! outcome: unsafe|wrong
//! reason: narrow
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {

inline float widen(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

__attribute__((used, noinline)) inline std::uint16_t narrow(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return static_cast<std::uint16_t>(bits >> 16);
}

static inline std::uint16_t rounded(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return 0x7fc0;
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void silu_bf16(const std::uint16_t* x, std::uint16_t* y, std::int64_t n) {
  static std::uint16_t table[65536];
  static const bool filled = [] {
    for (int i = 0; i < 65536; ++i) {
      const float v = widen(static_cast<std::uint16_t>(i));
      table[i] = rounded(v / (1.0f + std::exp(-v)));
    }
    return true;
  }();
  (void)filled;
  for (std::int64_t i = 0; i < n; ++i) y[i] = table[x[i]];
}

}  // namespace ops
