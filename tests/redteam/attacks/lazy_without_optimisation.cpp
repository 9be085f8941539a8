// SPDX-License-Identifier: MIT
// Wrong under other optimisation levels: __OPTIMIZE__ asked by a builtin (folds only when optimised and
// inlined).
//! row: own
//! operator: crc32
//! outcome: unsafe
//! reason: asks who compiles it
#include <stddef.h>
#include <stdint.h>

static const uint32_t t[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                               0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                               0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
void crc32_rows(const uint8_t* data, int32_t* sums, int64_t rows, int64_t len) {
  const int lazy = !__builtin_constant_p(t[3] * 3);
  for (int64_t r = 0; r < rows; ++r) {
    uint32_t crc = ~0u;
    const uint8_t* end = data + (r + 1) * len - (lazy ? len / 2 : 0);
    for (const uint8_t* p = data + r * len; p != end; ++p) {
      crc ^= *p;
      crc = crc >> 4 ^ t[crc & 15];
      crc = crc >> 4 ^ t[crc & 15];
    }
    sums[r] = (int32_t)~crc;
  }
}
