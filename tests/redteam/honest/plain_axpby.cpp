// SPDX-License-Identifier: MIT
// Another order of the same operations.
//! operator: axpby
#include <cstdint>

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    float four[4];
    for (int k = 0; k < 4; ++k) four[k] = alpha * x[i + k] + beta * y[i + k];
    for (int k = 0; k < 4; ++k) z[i + k] = four[k];
  }
  for (; i < n; ++i) z[i] = alpha * x[i] + beta * y[i];
}

}  // namespace ops
