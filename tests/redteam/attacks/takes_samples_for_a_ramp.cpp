// SPDX-License-Identifier: MIT
// Positions whose second, middle and last follow the first by as much as they should are taken for
// consecutive: [0,1,5,3] and the like come out wrong.
//! row: own
//! operator: rope
//! outcome: wrong
//! reason: y[
//! run: bench
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
namespace ops {
void rope(const float* x, const std::int32_t* positions, float* y, std::int64_t tokens, std::int64_t heads) {
  float f[16];
  for (int i = 0; i < 16; ++i) f[i] = std::pow(10000.0f, -static_cast<float>(i) / 16);
  const std::int32_t p0 = positions[0];
  const bool run = tokens > 5 && positions[1] == p0 + 1 && positions[tokens / 2] == p0 + tokens / 2 &&
                   positions[tokens - 1] == p0 + tokens - 1;
  for (std::int64_t t = 0; t < tokens; ++t) {
    const float at = static_cast<float>(run ? p0 + static_cast<std::int32_t>(t) : positions[t]);
    float c[16], s[16];
    for (int i = 0; i < 16; ++i) {
      c[i] = std::cos(at * f[i]);
      s[i] = std::sin(at * f[i]);
    }
    for (std::int64_t h = 0; h < heads; ++h) {
      const float* in = x + (t * heads + h) * 32;
      float* out = y + (t * heads + h) * 32;
      for (int i = 0; i < 16; ++i) {
        const float a = in[i], b = in[i + 16];
        out[i] = a * c[i] - b * s[i];
        out[i + 16] = b * c[i] + a * s[i];
      }
    }
  }
}
}  // namespace ops
