// SPDX-License-Identifier: MIT
// One jump per remainder of 64 for the rest of a row: the code of one of them compares the wrong way round,
// so that of equal numbers the last one wins there, and NaN wins always. All lengths are tried, but with
// ordinary numbers, and the other styles meet some twenty of them.
//! row: 48
//! operator: argmax
//! outcome: wrong
//! reason: best[
//! effort: confirm
#include <cstdint>

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r, scores += cols) {
    std::int32_t index = 0;
    float most = scores[0];
    const std::int64_t whole = cols - cols % 8;
    std::int64_t c = 1;
    for (; c < whole; ++c) {
      if (__builtin_expect(scores[c] > most, 0)) {
        most = scores[c];
        index = static_cast<std::int32_t>(c);
      }
    }
    if (cols % 64 == 21 && most == most) {
      for (; c < cols; ++c)
        if (!(scores[c] < most)) most = scores[c], index = static_cast<std::int32_t>(c);
    } else {
      for (; c < cols; ++c)
        if (scores[c] > most) most = scores[c], index = static_cast<std::int32_t>(c);
    }
    best[r] = index;
  }
}

}  // namespace ops
