// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

// Bilinear, by centres of pixels, channels interleaved.
void resize(const float* src, float* dst, std::int64_t h, std::int64_t w, std::int64_t oh, std::int64_t ow,
            std::int64_t c) {
  for (std::int64_t y = 0; y < oh; ++y) {
    for (std::int64_t x = 0; x < ow; ++x) {
      const double sy = std::max((y + 0.5) * h / oh - 0.5, 0.0), sx = std::max((x + 0.5) * w / ow - 0.5, 0.0);
      const std::int64_t y0 = static_cast<std::int64_t>(std::floor(sy)),
                         x0 = static_cast<std::int64_t>(std::floor(sx));
      const std::int64_t y1 = std::min(y0 + 1, h - 1), x1 = std::min(x0 + 1, w - 1);
      const float fy = static_cast<float>(sy - y0), fx = static_cast<float>(sx - x0);
      for (std::int64_t k = 0; k < c; ++k) {
        const float top = src[(y0 * w + x0) * c + k] * (1 - fx) + src[(y0 * w + x1) * c + k] * fx;
        const float low = src[(y1 * w + x0) * c + k] * (1 - fx) + src[(y1 * w + x1) * c + k] * fx;
        dst[(y * ow + x) * c + k] = top * (1 - fy) + low * fy;
      }
    }
  }
}

}  // namespace ops
