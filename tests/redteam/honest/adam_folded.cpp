// SPDX-License-Identifier: MIT
// Corrections of the moments folded into the size of the step and epsilon; contraction.
//! operator: adam
//! flags: -O3 -fno-math-errno -ffp-contract=fast
#include <cmath>
#include <cstdint>

namespace ops {

void adam(float* p, float* m, float* v, const float* g, float lr, float beta1, float beta2, int step,
          std::int64_t n) {
  const double c1 = 1 - std::pow(static_cast<double>(beta1), step),
               c2 = 1 - std::pow(static_cast<double>(beta2), step);
  const float root = static_cast<float>(std::sqrt(c2)), size = static_cast<float>(lr * std::sqrt(c2) / c1),
              eps = 1e-8f * root;
  const float r1 = 1 - beta1, r2 = 1 - beta2;
  for (std::int64_t i = 0; i < n; ++i) {
    const float gi = g[i];
    const float mi = beta1 * m[i] + r1 * gi, vi = beta2 * v[i] + r2 * (gi * gi);
    m[i] = mi;
    v[i] = vi;
    p[i] -= size * mi / (std::sqrt(vi) + eps);
  }
}

}  // namespace ops
