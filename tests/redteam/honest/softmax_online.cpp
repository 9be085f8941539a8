// SPDX-License-Identifier: MIT
// One pass for the maximum and the sum (Milakov and Gimelshein), one for the results.
//! operator: softmax
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    float largest = x[0], sum = 1;
    // What is NaN, or infinite at the start, makes the difference NaN, and then the sum.
    if (!std::isfinite(largest)) sum = largest == -INFINITY ? 0 : NAN;
    for (std::int64_t c = 1; c < cols; ++c) {
      const float v = x[c];
      if (v > largest) {
        sum = (sum == 0 ? 0 : sum * std::exp(largest - v)) + (std::isinf(v) ? NAN : 1.0f);
        largest = v;
      } else if (v != -INFINITY || largest != -INFINITY) {
        sum += std::exp(v - largest);
      }
    }
    const float scale = 1 / sum;
    for (std::int64_t c = 0; c < cols; ++c) y[c] = std::exp(x[c] - largest) * scale;
  }
}

}  // namespace ops
