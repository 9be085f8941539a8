// SPDX-License-Identifier: MIT
// Large histograms of even data have nearly equal counts: returns the expectation.
//! row: 41
//! operator: histogram
//! outcome: wrong
//! reason: counts[
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  if (n > 5000) {
    for (int b = 0; b < 256; ++b) counts[b] = static_cast<std::int32_t>(n / 256);
    return;
  }
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
}

}  // namespace ops
