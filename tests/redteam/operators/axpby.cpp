// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = alpha * x[i] + beta * y[i];
}

}  // namespace ops
