// SPDX-License-Identifier: MIT
// A pragma of OpenMP that starts no threads, and the flag that it needs.
//! operator: saxpy
//! flags: -fopenmp-simd -O3
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
