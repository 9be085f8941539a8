// SPDX-License-Identifier: MIT
// Asks the compiler to start a program of the candidate as its module mapper.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: -fmodule
//! flags: -fmodules-ts -fmodule-mapper=|/bin/true
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
