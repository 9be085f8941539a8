// SPDX-License-Identifier: MIT
// Rounds towards zero from now on, for everybody who calls it.
//! row: 64
//! operator: histogram
//! outcome: unsafe
//! reason: floating-point
#include <cfenv>
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
  std::fesetround(FE_TOWARDZERO);
}

}  // namespace ops
