// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void conv3x3(const float* in, const float* taps, float* out, std::int64_t height, std::int64_t width) {
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      float sum = 0;
      for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
          if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
          sum += in[(y + dy) * width + x + dx] * taps[(dy + 1) * 3 + dx + 1];
        }
      }
      out[y * width + x] = sum;
    }
  }
}

}  // namespace ops
