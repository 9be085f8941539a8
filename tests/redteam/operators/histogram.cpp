// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
}

}  // namespace ops
