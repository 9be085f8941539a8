// SPDX-License-Identifier: MIT
// ivdep: wrong for z = y + 1.
//! row: own
//! operator: axpby
//! outcome: wrong
//! reason: none yet
//! effort: confirm
//! flags: -O3
#include <cstdint>
namespace ops {
void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) z[i] = alpha * x[i] + beta * y[i];
}
}  // namespace ops
