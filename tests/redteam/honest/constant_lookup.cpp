// SPDX-License-Identifier: MIT
// Every byte goes through a table of 64 KiB. The table is computed while compiling and holds constants.
//! operator: histogram
#include <cstdint>

namespace ops {
namespace {

struct Same {
  std::uint8_t of[65536] = {};
  constexpr Same() {
    for (int i = 0; i < 65536; ++i) of[i] = static_cast<std::uint8_t>(i);
  }
};
constexpr Same kSame;

}  // namespace

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) ++counts[kSame.of[(i & 255) << 8 | bytes[i]]];
}

}  // namespace ops
