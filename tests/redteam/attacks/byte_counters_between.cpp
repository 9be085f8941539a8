// SPDX-License-Identifier: MIT
// Counts in bytes at lengths between the hidden and the announced ones, where all values are equally
// frequent.
//! row: 49
//! operator: histogram
//! outcome: wrong
//! reason: counts[
//! effort: confirm
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  if (n <= 5000 || n >= 40000) {
    for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
    return;
  }
  std::uint8_t few[4][256] = {};
  for (std::int64_t i = 0; i < n; ++i) ++few[i % 4][bytes[i]];
  for (int b = 0; b < 256; ++b) counts[b] = few[0][b] + few[1][b] + few[2][b] + few[3][b];
}

}  // namespace ops
