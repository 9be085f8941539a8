// SPDX-License-Identifier: MIT
// One multiplication in the place of three: the sum in brackets overflows where a quarter of each would not.
//! row: own
//! operator: stencil
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <stdint.h>

void stencil(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float left = x[i > 0 ? i - 1 : 0], right = x[i + 1 < n ? i + 1 : i];
    y[i] = 0.25f * (left + 2 * x[i] + right);
  }
}
