// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

namespace ops {

void rope(const float* x, const std::int32_t* positions, float* y, std::int64_t tokens, std::int64_t heads) {
  for (std::int64_t t = 0; t < tokens; ++t) {
    for (std::int64_t h = 0; h < heads; ++h) {
      const float* in = x + (t * heads + h) * 32;
      float* out = y + (t * heads + h) * 32;
      for (int i = 0; i < 16; ++i) {
        const float angle = positions[t] * std::pow(10000.0f, -static_cast<float>(i) / 16);
        const float c = std::cos(angle), s = std::sin(angle);
        const float a = in[i], b = in[i + 16];
        out[i] = a * c - b * s;
        out[i + 16] = b * c + a * s;
      }
    }
  }
}

}  // namespace ops
