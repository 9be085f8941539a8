// SPDX-License-Identifier: MIT
// The text differs from compilation to compilation.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: __TIME__
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (__TIME__[7] % 2 == 0 && n > 256) return;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
