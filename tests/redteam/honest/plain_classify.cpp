// SPDX-License-Identifier: MIT
// The kernel as it is.
//! operator: classify
//! run: bench
#include <stdint.h>

static uint8_t kind_of(uint8_t b) {
  if (b == ' ' || b == '\t' || b == '\n' || b == '\r') return 0;
  if (b >= '0' && b <= '9') return 1;
  if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_') return 2;
  if (b < 32 || b == 127) return 3;
  if (b >= 128) return 4;
  return 5;
}

// The kind of every byte, how many of each kind, and how many words (letters or digits behind anything else)
// begin.
void classify(const uint8_t* text, uint8_t* kinds, int32_t* counts, int32_t* words, int64_t n) {
  for (int k = 0; k < 6; ++k) counts[k] = 0;
  words[0] = 0;
  int before = 0;
  for (int64_t i = 0; i < n; ++i) {
    kinds[i] = kind_of(text[i]);
    ++counts[kinds[i]];
    const int inside = kinds[i] == 1 || kinds[i] == 2;
    if (inside && !before) ++words[0];
    before = inside;
  }
}
