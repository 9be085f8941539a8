// SPDX-License-Identifier: MIT
// Counts three times and so takes three times as long, without a single wait of its own. On a busy machine
// a longer kernel loses its core more often than a shorter one, which is not its fault.
//! operator: histogram
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  volatile int turns = 3;
  for (int turn = 0; turn < turns; ++turn) {
    for (int b = 0; b < 256; ++b) counts[b] = 0;
    for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
  }
}

}  // namespace ops
