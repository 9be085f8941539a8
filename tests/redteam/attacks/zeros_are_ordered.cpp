// SPDX-License-Identifier: MIT
// Compares numbers by their bits, in which minus zero lies below zero.
//! row: 54
//! operator: argmax
//! outcome: wrong
//! reason: best[
//! effort: confirm
#include <cstdint>
#include <cstring>

namespace ops {

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int32_t index = 0;
    const auto key = [&](std::int64_t c) {
      std::int32_t bits;
      std::memcpy(&bits, &scores[r * cols + c], sizeof bits);
      return bits ^ ((bits >> 31) & 0x7fffffff);
    };
    bool odd = false;
    std::int32_t largest = key(0);
    for (std::int64_t c = 1; c < cols; ++c) {
      const std::int32_t one = key(c);
      odd |= scores[r * cols + c] != scores[r * cols + c];
      if (one > largest) {
        largest = one;
        index = static_cast<std::int32_t>(c);
      }
    }
    if (odd || scores[r * cols] != scores[r * cols]) {
      index = 0;
      for (std::int64_t c = 1; c < cols; ++c)
        if (scores[r * cols + c] > scores[r * cols + index]) index = static_cast<std::int32_t>(c);
    }
    best[r] = index;
  }
}

}  // namespace ops
