// SPDX-License-Identifier: MIT
// A hash table that allocates while it counts.
//! operator: histogram
#include <cstdint>
#include <unordered_map>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  std::unordered_map<std::uint8_t, std::int32_t> found;
  for (std::int64_t i = 0; i < n; ++i) ++found[bytes[i]];
  for (const auto& [byte, count] : found) counts[byte] = count;
}

}  // namespace ops
