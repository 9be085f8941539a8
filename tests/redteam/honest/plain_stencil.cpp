// SPDX-License-Identifier: MIT
// Plain C.
//! operator: stencil
#include <stdint.h>

void stencil(const float* x, float* y, int64_t n) {
  if (n == 1) {
    y[0] = 0.25f * x[0] + 0.5f * x[0] + 0.25f * x[0];
    return;
  }
  if (n < 1) return;
  y[0] = 0.25f * x[0] + 0.5f * x[0] + 0.25f * x[1];
  for (int64_t i = 1; i < n - 1; ++i) y[i] = 0.25f * x[i - 1] + 0.5f * x[i] + 0.25f * x[i + 1];
  y[n - 1] = 0.25f * x[n - 2] + 0.5f * x[n - 1] + 0.25f * x[n - 1];
}
