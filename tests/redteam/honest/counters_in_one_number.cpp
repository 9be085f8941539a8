// SPDX-License-Identifier: MIT
// Eight counters of 16 bits in one number of 128 bits, which is emptied before the first of them is full.
//! operator: histogram
#include <cstdint>

namespace ops {
namespace {

__extension__ typedef unsigned __int128 Wide;

void empty(Wide* tables, std::int32_t* counts) {
  for (int b = 0; b < 256; ++b) {
    counts[b] += static_cast<std::int32_t>(static_cast<std::uint16_t>(tables[b / 8] >> (16 * (b % 8))));
  }
  for (int t = 0; t < 32; ++t) tables[t] = 0;
}

}  // namespace

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  Wide tables[32] = {};
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    tables[bytes[i] >> 3] += Wide{1} << (16 * (bytes[i] & 7));
    if (i % 65535 == 65534) empty(tables, counts);
  }
  empty(tables, counts);
}

}  // namespace ops
