// SPDX-License-Identifier: MIT
// An exponential that is wrong by up to half a percent, three times the rounding of the format: twice the
// rival's error and a tenth of a bound of four last places forgive it.
//! row: 51
//! operator: silu_bf16
//! outcome: wrong
//! reason: more than twice|y[
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {

void silu_bf16(const std::uint16_t* x, std::uint16_t* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint32_t wide = static_cast<std::uint32_t>(x[i]) << 16;
    float v;
    std::memcpy(&v, &wide, sizeof v);
    float result;
    if (!(v > -80 && v < 80)) {
      result = v / (1.0f + std::exp(-v));
    } else {
      // 2^t = 2^whole (1 + f + k f (f - 1)): 0.4 % off.
      const float t = -v * 1.44269504f + 127;
      const std::int32_t whole = static_cast<std::int32_t>(t);
      const float f = t - static_cast<float>(whole);
      const std::uint32_t bits = static_cast<std::uint32_t>(whole) << 23;
      float power;
      std::memcpy(&power, &bits, sizeof power);
      power *= 1 + f + 0.3371894f * f * (f - 1);
      result = v / (1 + power);
    }
    std::uint32_t out;
    std::memcpy(&out, &result, sizeof out);
    y[i] = result != result ? 0x7fc0 : static_cast<std::uint16_t>((out + 0x7fff + (out >> 16 & 1)) >> 16);
  }
}

}  // namespace ops
