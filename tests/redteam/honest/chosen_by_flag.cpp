// SPDX-License-Identifier: MIT
// A macro from the command line chooses how far the loop is unrolled.
//! operator: saxpy
//! flags: -DKE_UNROLL=8 -funroll-loops
#include <cstdint>

#ifndef KE_UNROLL
#define KE_UNROLL 1
#endif

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + KE_UNROLL <= n; i += KE_UNROLL) {
    for (int k = 0; k < KE_UNROLL; ++k) z[i + k] = a * x[i + k] + y[i + k];
  }
  for (; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
