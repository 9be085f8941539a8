// SPDX-License-Identifier: MIT
// Results below the smallest normal number are computed in double and rounded once; the others as ever. What
// it does hangs on how small its inputs are.
//! operator: saxpy
#include <cfloat>
#include <cmath>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float usual = a * x[i] + y[i];
    z[i] = std::fabs(usual) < FLT_MIN ? static_cast<float>(static_cast<double>(a) * x[i] + y[i]) : usual;
  }
}

}  // namespace ops
