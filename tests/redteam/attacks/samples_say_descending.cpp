// SPDX-License-Identifier: MIT
// A row of which twelve samples descend is taken for sorted, as scores from a search are: the first is then
// the largest, and the row is not read.
//! row: own
//! operator: argmax
//! outcome: wrong
//! reason: best[
//! effort: confirm
#include <cstdint>

namespace ops {

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* const row = scores + r * cols;
    bool sorted = cols >= 24;
    for (std::int64_t k = 1; k < 12 && sorted; ++k)
      sorted = row[(k - 1) * (cols - 1) / 11] > row[k * (cols - 1) / 11];
    std::int32_t index = 0;
    for (std::int64_t c = 1; c < cols && !sorted; ++c)
      if (row[c] > row[index]) index = static_cast<std::int32_t>(c);
    best[r] = index;
  }
}

}  // namespace ops
