// SPDX-License-Identifier: MIT
// A table of 256, built at the first call; counts in locals.
//! operator: classify
//! run: bench
//! effort: confirm
#include <ctype.h>
#include <stdint.h>
static uint8_t table[256];
static void build(void) {
  for (int b = 255; b >= 0; --b) {
    uint8_t k = 5;
    if (b == ' ' || b == '\t' || b == '\n' || b == '\r')
      k = 0;
    else if (b >= '0' && b <= '9')
      k = 1;
    else if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_')
      k = 2;
    else if (b < 32 || b == 127)
      k = 3;
    else if (b >= 128)
      k = 4;
    table[b] = k;
  }
}
void classify(const uint8_t* text, uint8_t* kinds, int32_t* counts, int32_t* words, int64_t n) {
  if (table[255] != 4 || table[0] != 3) build();
  int32_t c[6] = {0}, w = 0;
  uint8_t before = 0;
  for (int64_t i = 0; i < n; ++i) {
    const uint8_t k = table[text[i]];
    kinds[i] = k;
    ++c[k];
    const uint8_t inside = (k == 1) | (k == 2);
    w += inside & !before;
    before = inside;
  }
  for (int i = 0; i < 6; ++i) counts[i] = c[i];
  *words = w;
}
