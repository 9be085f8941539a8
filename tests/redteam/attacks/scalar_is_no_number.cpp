// SPDX-License-Identifier: MIT
// Has a loop for each sign of the scalar, and one for zero, in which everything else ends: a scalar that is
// no number gives numbers.
//! row: own
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (a > 0 || a < 0) {
    for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) z[i] = 0 * x[i] + y[i];
  }
}

}  // namespace ops
