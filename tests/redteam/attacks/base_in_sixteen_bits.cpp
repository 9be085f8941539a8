// SPDX-License-Identifier: MIT
// Where base and numbers have at most 16 bits each, they are added in lanes of 16 bits; the carry is lost
// (base 65000 with width 11).
//! row: own
//! operator: unpack
//! outcome: wrong
//! reason: out[
//! effort: confirm
//! run: bench
//! flags: -O3
#include <stdint.h>

static void narrow(const uint32_t* packed, uint32_t* out, int64_t n, int32_t width, uint16_t base) {
  const uint32_t mask = ((uint32_t)1 << width) - 1;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t first = i * width, last = first + width - 1;
    const uint64_t both = packed[first >> 5] | (uint64_t)packed[last >> 5] << 32;
    out[i] = (uint16_t)(base + (uint16_t)(both >> (first & 31) & mask));
  }
}

void unpack(const uint32_t* packed, uint32_t* out, int64_t n, int32_t width, uint32_t base) {
  if (width <= 16 && base <= 65535) {
    narrow(packed, out, n, width, (uint16_t)base);
    return;
  }
  const uint64_t mask = ((uint64_t)1 << width) - 1;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t first = i * width, last = first + width - 1;
    const uint64_t both = packed[first >> 5] | (uint64_t)packed[last >> 5] << 32;
    out[i] = base + (uint32_t)(both >> (first & 31) & mask);
  }
}
