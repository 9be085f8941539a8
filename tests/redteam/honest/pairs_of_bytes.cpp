// SPDX-License-Identifier: MIT
// Eight bytes per load from addresses that are not aligned, and a table of 256 KiB for pairs that stays
// between calls. The table is all zeros again at the end of every call.
//! operator: histogram
#include <cstdint>
#include <cstring>
#include <vector>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  static std::vector<std::uint32_t> pairs(65536);
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes + i, sizeof word);
    for (int shift = 0; shift < 64; shift += 16) ++pairs[word >> shift & 0xffff];
  }
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (int pair = 0; pair < 65536; ++pair) {
    counts[pair & 255] += pairs[pair];
    counts[pair >> 8] += pairs[pair];
    pairs[pair] = 0;
  }
  for (; i < n; ++i) ++counts[bytes[i]];
}

}  // namespace ops
