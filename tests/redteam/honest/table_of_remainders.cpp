// SPDX-License-Identifier: MIT
// Table filled at the first call (static, guarded by a flag).
//! operator: crc32
#include <stdint.h>
static uint32_t table[256];
static int ready;
void crc32_rows(const uint8_t* data, int32_t* sums, int64_t rows, int64_t len) {
  if (!ready) {
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t c = i;
      for (int b = 0; b < 8; ++b) c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
      table[i] = c;
    }
    ready = 1;
  }
  for (int64_t r = 0; r < rows; ++r) {
    uint32_t crc = 0xffffffffu;
    for (int64_t i = 0; i < len; ++i) crc = crc >> 8 ^ table[(crc ^ data[r * len + i]) & 255];
    sums[r] = (int32_t)~crc;
  }
}
