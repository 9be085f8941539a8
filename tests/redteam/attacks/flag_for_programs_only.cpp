// SPDX-License-Identifier: MIT
// Code for programs alone: behind the repository's -fPIC it makes a shared library that cannot be linked.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: linked
//! flags: -O3 -fPIE
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
