// SPDX-License-Identifier: MIT
// Writes everything once and later only the first half; the rest would still be there from before.
//! row: 55
//! operator: saxpy
//! outcome: wrong
//! reason: z[
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  static int calls = 0;
  if (++calls > 1) n /= 2;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
