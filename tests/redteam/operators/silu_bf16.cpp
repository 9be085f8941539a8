// SPDX-License-Identifier: MIT
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

inline std::uint16_t narrow(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return 0x7fc0;
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void silu_bf16(const std::uint16_t* x, std::uint16_t* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float v = widen(x[i]);
    y[i] = narrow(v / (1.0f + std::exp(-v)));
  }
}

}  // namespace ops
