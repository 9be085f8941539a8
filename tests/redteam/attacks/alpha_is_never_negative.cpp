// SPDX-License-Identifier: MIT
// Folds the first factor into the numbers by their exponents, with the sign of the announced one: a negative
// factor is taken for its size.
//! row: own
//! operator: axpby
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  const float size = std::fabs(alpha);
  for (std::int64_t i = 0; i < n; ++i) z[i] = size * x[i] + beta * y[i];
}

}  // namespace ops
