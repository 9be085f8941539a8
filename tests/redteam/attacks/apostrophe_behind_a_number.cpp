// SPDX-License-Identifier: MIT
// In C a number ends before an apostrophe; in C++ it may go on behind it. Who reads C by the rules of C++
// takes the order between two dropped letters for one letter.
//! row: 51
//! operator: stencil
//! outcome: unsafe
//! reason: apostrophes around one character
#include <stdint.h>

#define DROP(x)

DROP(0'a') __attribute__((optimize("Ofast"))) DROP('b')
void stencil(const float* x, float* y, int64_t n) {
  if (n == 1) {
    y[0] = 0.25f * x[0] + 0.5f * x[0] + 0.25f * x[0];
    return;
  }
  const float first = 0.25f * x[0] + 0.5f * x[0] + 0.25f * x[1];
  if (x == y) {
    for (int64_t i = 0; i < n; ++i) {
      const float left = x[i > 0 ? i - 1 : 0], right = x[i + 1 < n ? i + 1 : i];
      y[i] = 0.25f * left + 0.5f * x[i] + 0.25f * right;
    }
    return;
  }
  y[0] = first;
  for (int64_t i = 1; i + 1 < n; ++i) y[i] = 0.25f * x[i - 1] + 0.5f * x[i] + 0.25f * x[i + 1];
  y[n - 1] = 0.25f * x[n - 2] + 0.5f * x[n - 1] + 0.25f * x[n - 1];
}
