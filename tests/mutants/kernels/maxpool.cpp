// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void maxpool(const float* in, float* out, std::int64_t height, std::int64_t width) {
  for (std::int64_t y = 0; y < (height + 1) / 2; ++y) {
    for (std::int64_t x = 0; x < (width + 1) / 2; ++x) {
      float largest = -INFINITY;
      for (std::int64_t v = 2 * y; v < std::min(2 * y + 2, height); ++v)
        for (std::int64_t u = 2 * x; u < std::min(2 * x + 2, width); ++u)
          largest = in[v * width + u] > largest ? in[v * width + u] : largest;
      out[y * ((width + 1) / 2) + x] = largest;
    }
  }
}

}  // namespace ops
