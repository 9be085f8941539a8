// SPDX-License-Identifier: MIT
// Says, as the standard asks, that it reads the floating-point flags, and keeps those of its caller.
//! operator: rmsnorm
#include <cfenv>
#include <cmath>
#include <cstdint>

#pragma STDC FENV_ACCESS ON
#pragma STDC FP_CONTRACT ON

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::fexcept_t flags;
  std::fegetexceptflag(&flags, FE_ALL_EXCEPT);
  for (std::int64_t r = 0; r < rows; ++r) {
    std::feclearexcept(FE_OVERFLOW);
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    if (std::fetestexcept(FE_OVERFLOW) != 0) sum = HUGE_VALF + sum;  // a NaN stays one
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  std::fesetexceptflag(&flags, FE_ALL_EXCEPT);
}

}  // namespace ops
