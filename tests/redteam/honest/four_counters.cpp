// SPDX-License-Identifier: MIT
// Histogram of bytes in four tables and vector-friendly kinds; words from kinds afterwards (kinds may lie in
// the place of text).
//! operator: classify
//! run: bench
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
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const uint8_t a = table[text[i]], b = table[text[i + 1]], c = table[text[i + 2]], d = table[text[i + 3]];
    kinds[i] = a;
    kinds[i + 1] = b;
    kinds[i + 2] = c;
    kinds[i + 3] = d;
    ++h[0][a];
    ++h[1][b];
    ++h[2][c];
    ++h[3][d];
  }
  for (; i < n; ++i) ++h[0][kinds[i] = table[text[i]]];
  for (int k = 0; k < 6; ++k) counts[k] = (int32_t)(h[0][k] + h[1][k] + h[2][k] + h[3][k]);
  int32_t w = n > 0 && (kinds[0] == 1 || kinds[0] == 2);
  for (i = 1; i < n; ++i) w += ((uint8_t)(kinds[i] - 1) < 2) & ((uint8_t)(kinds[i - 1] - 1) >= 2);
  *words = w;
}
