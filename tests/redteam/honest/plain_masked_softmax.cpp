// SPDX-License-Identifier: MIT
// Plain; exponentials once.
//! operator: masked_softmax
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace ops {

void masked_softmax(const _Float16* x, const bool* mask, _Float16* y, std::int64_t rows, std::int64_t cols) {
  std::vector<float> e(cols);
  for (std::int64_t r = 0; r < rows; ++r, x += cols, mask += cols, y += cols) {
    float most = -std::numeric_limits<float>::infinity(), sum = 0;
    for (std::int64_t c = 0; c < cols; ++c)
      if (mask[c]) most = std::max(most, static_cast<float>(x[c]));
    for (std::int64_t c = 0; c < cols; ++c) {
      e[c] = mask[c] ? std::exp(static_cast<float>(x[c]) - most) : 0;
      sum += e[c];
    }
    for (std::int64_t c = 0; c < cols; ++c) y[c] = static_cast<_Float16>(mask[c] ? e[c] / sum : 0.0f);
  }
}

}  // namespace ops
