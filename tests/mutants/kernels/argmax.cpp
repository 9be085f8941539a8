// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void argmax(const float* x, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    std::int64_t at = 0;
    for (std::int64_t c = 1; c < cols; ++c) {
      if (row[c] > row[at]) at = c;
    }
    best[r] = static_cast<std::int32_t>(at);
  }
}

}  // namespace ops
