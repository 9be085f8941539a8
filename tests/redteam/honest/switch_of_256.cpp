// SPDX-License-Identifier: MIT
// 256 cases made by macros that paste the digits of numbers together, one counter each.
//! operator: histogram
#include <cstdint>

#define DIGITS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(a) X(b) X(c) X(d) X(e) X(f)
#define CASE(high, low)      \
  case 0x##high##low:        \
    ++count_##high[0x##low]; \
    break;
// clang-format off
#define CASES(high)                                                                                     \
  CASE(high, 0) CASE(high, 1) CASE(high, 2) CASE(high, 3) CASE(high, 4) CASE(high, 5) CASE(high, 6)     \
  CASE(high, 7) CASE(high, 8) CASE(high, 9) CASE(high, a) CASE(high, b) CASE(high, c) CASE(high, d)     \
  CASE(high, e) CASE(high, f)
// clang-format on
#define DECLARE(high) std::int32_t* const count_##high = counts + 16 * 0x##high;

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  DIGITS(DECLARE)
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    switch (bytes[i]) { DIGITS(CASES) }
  }
}

}  // namespace ops
