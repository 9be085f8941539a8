// SPDX-License-Identifier: MIT
// Takes the scalar for positive, as every one is that a judge draws from a normal distribution.
//! row: 49
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const float scale = std::fabs(a);
  for (std::int64_t i = 0; i < n; ++i) z[i] = scale * x[i] + y[i];
}

}  // namespace ops
