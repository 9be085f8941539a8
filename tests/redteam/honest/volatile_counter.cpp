// SPDX-License-Identifier: MIT
// Counts through a volatile pointer, and does more stores than it has to.
//! operator: histogram
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  volatile std::int32_t* const seen = counts;
  for (int b = 0; b < 256; ++b) seen[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) seen[bytes[i]] = seen[bytes[i]] + 1;
}

}  // namespace ops
