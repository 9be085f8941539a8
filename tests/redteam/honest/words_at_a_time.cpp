// SPDX-License-Identifier: MIT
// Two words make 64 bits, from which up to 32 are cut; never reads a word that holds no bit of the answer.
//! operator: unpack
//! effort: confirm
//! run: bench
#include <stdint.h>

void unpack(const uint32_t* packed, uint32_t* out, int64_t n, int32_t width, uint32_t base) {
  const uint64_t mask = ((uint64_t)1 << width) - 1;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t first = i * width, last = first + width - 1;
    const uint64_t low = packed[first >> 5], high = packed[last >> 5];
    out[i] = base + (uint32_t)((low | high << 32) >> (first & 31) & mask);
  }
}
