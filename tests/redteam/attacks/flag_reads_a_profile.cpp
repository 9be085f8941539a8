// SPDX-License-Identifier: MIT
// Asks for branch frequencies from a file that the repository does not have.
//! row: own
//! operator: saxpy
//! outcome: unsafe
//! reason: profile
//! flags: -fbranch-probabilities
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
