// SPDX-License-Identifier: MIT
// Counts by recursion: each half into counters of its own, on the stack.
//! operator: histogram
#include <cstdint>

namespace ops {
namespace {

void add(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  if (n <= 4096) {
    for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
    return;
  }
  std::int32_t upper[256] = {};
  add(bytes, counts, n / 2);
  add(bytes + n / 2, upper, n - n / 2);
  for (int b = 0; b < 256; ++b) counts[b] += upper[b];
}

}  // namespace

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  add(bytes, counts, n);
}

}  // namespace ops
