// SPDX-License-Identifier: MIT
// A row that begins with zeros is taken for a sparse one, whose list has room for half of it: rows that are
// padded in front lose their end. Skipping zeros pays behind a rectifier.
//! row: own
//! operator: quantize
//! outcome: wrong
//! reason: q[
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, float* scale, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* const row = x + r * cols;
    std::int8_t* const to = q + r * cols;
    float largest = 0;
    for (std::int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::fabs(row[c]));
    scale[r] = largest > 0 ? largest / 127 : 1;
    const auto rounded = [&](float v) {
      return static_cast<std::int8_t>(std::min(127l, std::max(-127l, std::lround(v / scale[r]))));
    };
    std::int64_t zeros = 0;
    for (std::int64_t c = 0; c < std::min<std::int64_t>(cols, 32); ++c) zeros += row[c] == 0;
    if (cols < 64 || zeros < 24) {
      for (std::int64_t c = 0; c < cols; ++c) to[c] = rounded(row[c]);
      continue;
    }
    std::int64_t room = cols / 2;
    for (std::int64_t c = 0; c < cols; ++c) to[c] = row[c] != 0 && room-- > 0 ? rounded(row[c]) : 0;
  }
}

}  // namespace ops
