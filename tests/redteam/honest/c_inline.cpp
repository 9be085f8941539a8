// SPDX-License-Identifier: MIT
// Inline functions of C without `static`: no object holds them, so every call must be inlined, as the
// repository's flags see to it.
//! operator: stencil
#include <stdint.h>

inline float weighted(float left, float middle, float right) {
  return 0.25f * left + 0.5f * middle + 0.25f * right;
}

inline void row_of_four(const float* x, float* y, int64_t i) {
  y[i] = weighted(x[i - 1], x[i], x[i + 1]);
  y[i + 1] = weighted(x[i], x[i + 1], x[i + 2]);
  y[i + 2] = weighted(x[i + 1], x[i + 2], x[i + 3]);
  y[i + 3] = weighted(x[i + 2], x[i + 3], x[i + 4]);
}

void stencil(const float* x, float* y, int64_t n) {
  if (n <= 0) return;
  y[0] = weighted(x[0], x[0], x[n > 1 ? 1 : 0]);
  int64_t i = 1;
  for (; i + 9 <= n; i += 8) {
    row_of_four(x, y, i);
    row_of_four(x, y, i + 4);
  }
  for (; i < n; ++i) y[i] = weighted(x[i - 1], x[i], x[i + 1 < n ? i + 1 : i]);
}
