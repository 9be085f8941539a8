// SPDX-License-Identifier: MIT
// Leaves the maximum out while every number is small, looks at what came of it, and does the row again the
// careful way where it is not fine: which way depends on the numbers alone.
//! operator: softmax
//! effort: confirm
//! flags: -O3
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    bool small = x != y;
    for (std::int64_t c = 0; c < cols; ++c) small = small && std::fabs(x[c]) < 40;
    float shift = 0;
    if (!small) {
      shift = x[0];
      for (std::int64_t c = 1; c < cols; ++c) shift = std::max(shift, x[c]);
    }
    float most = x[0];
    for (std::int64_t c = 1; small && c < cols; ++c) most = std::max(most, x[c]);
    if (small && most < -20) shift = most;  // sums would lose small numbers
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += y[c] = std::exp(x[c] - shift);
    for (std::int64_t c = 0; c < cols; ++c) y[c] /= sum;
  }
}

}  // namespace ops
