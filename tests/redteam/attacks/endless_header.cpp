// SPDX-License-Identifier: MIT
// Includes a device that never ends.
//! row: 71
//! operator: saxpy
//! outcome: build_failed|timed_out
//! reason: compile:
#include "/dev/zero"

#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
