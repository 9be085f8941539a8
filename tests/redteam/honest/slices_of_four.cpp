// SPDX-License-Identifier: MIT
// Slicing by four, tables built in a constructor; loads by memcpy.
//! operator: crc32
#include <stdint.h>
#include <string.h>
static uint32_t table[4][256];
__attribute__((constructor)) static void build(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int b = 0; b < 8; ++b) c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
    table[0][i] = c;
  }
  for (int t = 1; t < 4; ++t)
    for (int i = 0; i < 256; ++i) table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
}
void crc32_rows(const uint8_t* data, int32_t* sums, int64_t rows, int64_t len) {
  for (int64_t r = 0; r < rows; ++r) {
    const uint8_t* p = data + r * len;
    uint32_t crc = 0xffffffffu;
    int64_t i = 0;
    for (; i + 4 <= len; i += 4) {
      uint32_t w;
      memcpy(&w, p + i, 4);
      w ^= crc;
      crc = table[3][w & 255] ^ table[2][w >> 8 & 255] ^ table[1][w >> 16 & 255] ^ table[0][w >> 24];
    }
    for (; i < len; ++i) crc = crc >> 8 ^ table[0][(crc ^ p[i]) & 255];
    sums[r] = (int32_t)~crc;
  }
}
