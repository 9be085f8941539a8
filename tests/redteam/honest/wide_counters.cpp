// SPDX-License-Identifier: MIT
// Counts in 64 bits and narrows at the end; the sums fit, because there are fewer than 2^31 bytes of one
// value.
//! operator: histogram
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  std::int64_t wide[256] = {};
  for (std::int64_t i = 0; i < n; ++i) ++wide[bytes[i]];
  for (int b = 0; b < 256; ++b) counts[b] = static_cast<std::int32_t>(wide[b]);
}

}  // namespace ops
