// SPDX-License-Identifier: MIT
// Sorts a copy by its two hexadecimal digits, with prefix sums and a second buffer, and counts by binary
// search.
//! operator: histogram
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ops {
namespace {

void pass(const std::vector<std::uint8_t>& from, std::vector<std::uint8_t>& to, int shift) {
  std::array<std::size_t, 17> begin{};
  for (const std::uint8_t byte : from) ++begin[1 + (byte >> shift & 15)];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  for (const std::uint8_t byte : from) to[begin[byte >> shift & 15]++] = byte;
}

}  // namespace

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  std::vector<std::uint8_t> one(bytes, bytes + n), other(one.size());
  pass(one, other, 0);
  pass(other, one, 4);
  for (int b = 0; b < 256; ++b) {
    const auto [first, last] = std::equal_range(one.begin(), one.end(), static_cast<std::uint8_t>(b));
    counts[b] = static_cast<std::int32_t>(last - first);
  }
}

}  // namespace ops
