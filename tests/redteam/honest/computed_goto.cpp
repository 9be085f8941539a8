// SPDX-License-Identifier: MIT
// Jumps to the address of a label, as interpreters do.
//! operator: histogram
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  static void* const entry[] = {&&none, &&one, &&two, &&three};
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  std::int64_t i = n % 4;
  goto* entry[i];
three:
  ++counts[bytes[2]];
two:
  ++counts[bytes[1]];
one:
  ++counts[bytes[0]];
none:
  for (; i < n; i += 4)
    for (int k = 0; k < 4; ++k) ++counts[bytes[i + k]];
}

}  // namespace ops
