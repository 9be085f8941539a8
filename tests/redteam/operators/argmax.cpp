// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int32_t index = 0;
    for (std::int64_t c = 1; c < cols; ++c) {
      if (scores[r * cols + c] > scores[r * cols + index]) index = static_cast<std::int32_t>(c);
    }
    best[r] = index;
  }
}

}  // namespace ops
