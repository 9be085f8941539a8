// SPDX-License-Identifier: MIT
// Works from the last element to the first.
//! operator: saxpy
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = n; i-- > 0;) z[i] = a * x[i] + y[i];
}

}  // namespace ops
