// SPDX-License-Identifier: MIT
// Has one loop for a second factor of zero, as announced, and one for all others, which nobody ever called:
// it multiplies the sum.
//! row: own
//! operator: axpby
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  if (beta == 0) {
    for (std::int64_t i = 0; i < n; ++i) z[i] = alpha * x[i] + 0 * y[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) z[i] = beta * (alpha * x[i] + y[i]);
  }
}

}  // namespace ops
