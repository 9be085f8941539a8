// SPDX-License-Identifier: MIT
// Sorts a copy and counts runs: many times slower, and exact.
//! operator: histogram
#include <algorithm>
#include <cstdint>
#include <vector>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  std::vector<std::uint8_t> sorted(bytes, bytes + n);
  std::sort(sorted.begin(), sorted.end());
  for (int b = 0; b < 256; ++b) {
    const auto range = std::equal_range(sorted.begin(), sorted.end(), static_cast<std::uint8_t>(b));
    counts[b] = static_cast<std::int32_t>(range.second - range.first);
  }
}

}  // namespace ops
