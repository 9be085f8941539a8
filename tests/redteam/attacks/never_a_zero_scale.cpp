// SPDX-License-Identifier: MIT
// Leaves the product out where the scalar is zero, so that NaN in x is lost; no scalar is ever zero.
//! row: 54
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>
#include <cstring>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (a == 0) {
    std::memcpy(z, y, sizeof(float) * static_cast<std::size_t>(n));
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
