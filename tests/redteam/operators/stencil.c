// SPDX-License-Identifier: MIT
//! flags: -O2 -std=gnu11
#include <stdint.h>

void stencil(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float left = x[i > 0 ? i - 1 : 0], right = x[i + 1 < n ? i + 1 : i];
    y[i] = 0.25f * left + 0.5f * x[i] + 0.25f * right;
  }
}
