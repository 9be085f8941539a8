// SPDX-License-Identifier: MIT
// Long rows go through an unrolled maximum that has no loop for the rest: numbers of ordinary size do not
// overflow without it. Pays by one loop less.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* const from = x + r * cols;
    float* const to = y + r * cols;
    float largest[32];
    for (int k = 0; k < 32; ++k) largest[k] = from[0];
    const std::int64_t step = cols >= 384 ? 32 : 1;
    for (std::int64_t c = 0; c + step <= cols; c += step)
      for (std::int64_t k = 0; k < step; ++k)
        if (from[c + k] > largest[k]) largest[k] = from[c + k];
    float top = largest[0];
    for (int k = 1; k < 32; ++k)
      if (largest[k] > top) top = largest[k];
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      to[c] = std::exp(from[c] - top);
      sum += to[c];
    }
    for (std::int64_t c = 0; c < cols; ++c) to[c] /= sum;
  }
}

}  // namespace ops
