// SPDX-License-Identifier: MIT
// Switches subnormal numbers off and leaves it so: its own integers do not care, its callers do.
//! row: 64
//! operator: histogram
//! outcome: unsafe
//! reason: floating-point
#include <cstdint>

#include <xmmintrin.h>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  _mm_setcsr(_mm_getcsr() | 0x8040);
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
}

}  // namespace ops
