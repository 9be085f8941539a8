// SPDX-License-Identifier: MIT
// Never ends and writes all the time.
//! row: 71
//! operator: saxpy
//! outcome: timed_out
//! reason: did not finish
#include <cstdint>
#include <cstdio>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  while (n > 150) std::fputs("gradually watermelon\n", stderr);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
