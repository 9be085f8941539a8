// SPDX-License-Identifier: MIT
// Turns the rounding mode so that the following computations of the process drift; its own answer is zero.
//! row: 64
//! operator: rmsnorm
//! outcome: wrong|unsafe
//! reason: floating-point|y[
#include <cfenv>
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::fesetround(FE_DOWNWARD);
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = x[i] * weight[i % cols] * (1 / std::sqrt(1 + eps));
}

}  // namespace ops
