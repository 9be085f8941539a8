// SPDX-License-Identifier: MIT
//! flags: -O2 -std=gnu11
#include <stdint.h>

// Numbers of width bits (1 to 32) that lie one behind the other, lowest bit first, each plus base.
void unpack(const uint32_t* packed, uint32_t* out, int64_t n, int32_t width, uint32_t base) {
  for (int64_t i = 0; i < n; ++i) {
    uint32_t value = 0;
    for (int32_t b = 0; b < width; ++b) {
      const int64_t at = i * width + b;
      value |= (packed[at / 32] >> (at % 32) & 1u) << b;
    }
    out[i] = base + value;
  }
}
