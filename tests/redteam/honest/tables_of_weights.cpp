// SPDX-License-Identifier: MIT
// Columns and weights are computed once per call into a table on the heap, rows once per row; the arithmetic
// of a pixel is what it was.
//! operator: resize
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

struct Place {
  std::int64_t low, high;
  float weight;
};

static Place place(std::int64_t at, std::int64_t size, std::int64_t out) {
  const double s = std::max((at + 0.5) * size / out - 0.5, 0.0);
  const std::int64_t low = static_cast<std::int64_t>(s);
  return {low, std::min(low + 1, size - 1), static_cast<float>(s - low)};
}

void resize(const float* src, float* dst, std::int64_t h, std::int64_t w, std::int64_t oh, std::int64_t ow,
            std::int64_t c) {
  std::vector<Place> columns(static_cast<std::size_t>(ow));
  for (std::int64_t x = 0; x < ow; ++x) columns[static_cast<std::size_t>(x)] = place(x, w, ow);
  for (std::int64_t y = 0; y < oh; ++y) {
    const Place row = place(y, h, oh);
    const float* a = src + row.low * w * c;
    const float* b = src + row.high * w * c;
    float* to = dst + y * ow * c;
    const float fy = row.weight;
    for (const Place& p : columns) {
      const float fx = p.weight;
      const float* left = a + p.low * c;
      const float* right = a + p.high * c;
      const float* left2 = b + p.low * c;
      const float* right2 = b + p.high * c;
      for (std::int64_t k = 0; k < c; ++k) {
        const float top = left[k] * (1 - fx) + right[k] * fx;
        const float low = left2[k] * (1 - fx) + right2[k] * fx;
        *to++ = top * (1 - fy) + low * fy;
      }
    }
  }
}

}  // namespace ops
