// SPDX-License-Identifier: MIT
// Keeps the largest number beside its place.
//! operator: argmax
//! effort: confirm
#include <cstdint>

namespace ops {

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int32_t index = 0;
    float largest = scores[r * cols];
    for (std::int64_t c = 1; c < cols; ++c) {
      const float one = scores[r * cols + c];
      if (!(one > largest)) continue;
      largest = one;
      index = static_cast<std::int32_t>(c);
    }
    best[r] = index;
  }
}

}  // namespace ops
