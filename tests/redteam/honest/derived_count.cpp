// SPDX-License-Identifier: MIT
// Never counts one of the 256 values: what the others leave must be its number.
//! operator: histogram
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  std::int32_t found[256] = {}, others = 0;
  for (std::int64_t i = 0; i < n; ++i) found[bytes[i]] += bytes[i] != 0;
  for (int b = 1; b < 256; ++b) others += found[b];
  for (int b = 0; b < 256; ++b) counts[b] = b == 0 ? static_cast<std::int32_t>(n) - others : found[b];
}

}  // namespace ops
