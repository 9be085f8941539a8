// SPDX-License-Identifier: MIT
// Counts in 16 bits, which would overflow; they are emptied into the output every 65535 bytes.
//! operator: histogram
#include <algorithm>
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t start = 0; start < n; start += 65535) {
    std::uint16_t few[256] = {};
    for (std::int64_t i = start; i < std::min<std::int64_t>(n, start + 65535); ++i) ++few[bytes[i]];
    for (int b = 0; b < 256; ++b) counts[b] += few[b];
  }
}

}  // namespace ops
