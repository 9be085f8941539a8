// SPDX-License-Identifier: MIT
// 32 bytes that are all above 127 take a short path that does not end the word before them: 'a', 32 such
// bytes, 'b' count as one word.
//! row: own
//! operator: classify
//! run: bench
//! outcome: wrong
//! reason: words[|counts[
//! effort: confirm
//! flags: -O3
#include <stdint.h>
#include <string.h>
static const uint8_t table[256] = {
    [0 ... 31] = 3,    [' '] = 0,         ['\t'] = 0,        ['\n'] = 0,       ['\r'] = 0, [33 ... 47] = 5,
    ['0' ... '9'] = 1, [58 ... 64] = 5,   ['A' ... 'Z'] = 2, [91 ... 94] = 5,  ['_'] = 2,  [96] = 5,
    ['a' ... 'z'] = 2, [123 ... 126] = 5, [127] = 3,         [128 ... 255] = 4};
void classify(const uint8_t* text, uint8_t* kinds, int32_t* counts, int32_t* words, int64_t n) {
  uint32_t h[4][8];
  memset(h, 0, sizeof h);
  int32_t w = 0;
  uint32_t carry = 0;
  int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    uint64_t q[4];
    memcpy(q, text + i, 32);
    if ((q[0] & q[1] & q[2] & q[3] & 0x8080808080808080u) == 0x8080808080808080u) {
      memset(kinds + i, 4, 32);
      h[0][4] += 32;
      continue;
    }
    uint32_t mask = 0;
    for (int k = 0; k < 32; k += 4) {
      const uint8_t a = table[text[i + k]], b = table[text[i + k + 1]], c = table[text[i + k + 2]],
                    d = table[text[i + k + 3]];
      kinds[i + k] = a;
      kinds[i + k + 1] = b;
      kinds[i + k + 2] = c;
      kinds[i + k + 3] = d;
      ++h[0][a];
      ++h[1][b];
      ++h[2][c];
      ++h[3][d];
      mask |= ((uint32_t)((uint8_t)(a - 1) < 2) | (uint32_t)((uint8_t)(b - 1) < 2) << 1 |
               (uint32_t)((uint8_t)(c - 1) < 2) << 2 | (uint32_t)((uint8_t)(d - 1) < 2) << 3)
              << k;
    }
    w += __builtin_popcount(mask & ~(mask << 1 | carry));
    carry = mask >> 31;
  }
  for (; i < n; ++i) {
    ++h[0][kinds[i] = table[text[i]]];
    const uint32_t in = (uint8_t)(kinds[i] - 1) < 2;
    w += (int32_t)(in & ~carry);
    carry = in;
  }
  for (int k = 0; k < 6; ++k) counts[k] = (int32_t)(h[0][k] + h[1][k] + h[2][k] + h[3][k]);
  *words = w;
}
