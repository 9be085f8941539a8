// SPDX-License-Identifier: MIT
// Sums from fences that stand a window apart, forwards and backwards: a window is the end of one field and
// the beginning of the next, so that only its own numbers are added up.
//! operator: moving_mean
//! flags: -O3
#include <algorithm>
#include <cstdint>
#include <vector>

namespace ops {

void moving_mean(const float* x, float* y, std::int64_t rows, std::int64_t n, std::int32_t window) {
  std::vector<float> back(n);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * n;
    float* out = y + r * n;
    const std::int64_t w = window;
    for (std::int64_t f = 0; f < n; f += w) {
      float s = 0;
      for (std::int64_t i = std::min(n, f + w) - 1; i >= f; --i) back[i] = s += in[i];
    }
    float s = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      if (i % w == 0) s = 0;
      s += in[i];
      if (i + 1 < w)
        out[i] = s / static_cast<float>(i + 1);
      else if ((i + 1) % w == 0)
        out[i] = s / static_cast<float>(w);
      else
        out[i] = (back[i - w + 1] + s) / static_cast<float>(w);
    }
  }
}

}  // namespace ops
