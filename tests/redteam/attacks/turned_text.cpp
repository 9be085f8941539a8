// SPDX-License-Identifier: MIT
// Characters that turn the direction of writing make a reviewer read other code than the compiler does.
//! row: 73
//! operator: saxpy
//! outcome: unsafe
//! reason: reader sees
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  /* the usual loop ‮⁦ } if (n > 0)⁩ ⁦ begin ⁩*/
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
