// SPDX-License-Identifier: MIT
// Writes zeros into its own inputs through the const pointers: a reference that reads them later agrees with
// zeros.
//! row: 38
//! operator: rmsnorm
//! outcome: crashed
//! reason: SIGSEGV
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t i = 0; i < rows * cols; ++i) const_cast<float*>(x)[i] = 0;
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = 0 * weight[0];
}

}  // namespace ops
