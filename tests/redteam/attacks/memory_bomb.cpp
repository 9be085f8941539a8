// SPDX-License-Identifier: MIT
// Touches more and more memory until somebody dies.
//! row: 71
//! operator: saxpy
//! outcome: crashed|timed_out
//! reason: memory|did not finish
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  while (n > 150) std::memset(std::malloc(64 << 20), 1, 64 << 20);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
