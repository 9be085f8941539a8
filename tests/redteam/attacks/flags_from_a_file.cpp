// SPDX-License-Identifier: MIT
// Asks the compiler to read further flags from a file.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: only optimisation flags
//! flags: @/tmp/flags
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
