// SPDX-License-Identifier: MIT
// Plain; powers once for all.
//! operator: adam
#include <cmath>
#include <cstdint>

namespace ops {

void adam(float* p, float* m, float* v, const float* g, float lr, float beta1, float beta2, int step,
          std::int64_t n) {
  const float c1 = 1 - std::pow(beta1, step), c2 = 1 - std::pow(beta2, step);
  for (std::int64_t i = 0; i < n; ++i) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= lr * (m[i] / c1) / (std::sqrt(v[i] / c2) + 1e-8f);
  }
}

}  // namespace ops
