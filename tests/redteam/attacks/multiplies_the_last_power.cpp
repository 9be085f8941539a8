// SPDX-License-Identifier: MIT
// Keeps beta^step from the last call and multiplies once more if step is the next one (as in a training
// loop): drifts, and the bits depend on earlier calls.
//! row: own
//! run: bench
//! operator: adam
//! outcome: wrong
//! reason: after other calls
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
namespace ops {
void adam(float* p, float* m, float* v, const float* g, float lr, float beta1, float beta2, int step,
          std::int64_t n) {
  static float last1, last2, power1, power2;
  static int last;
  if (step == last + 1 && beta1 == last1 && beta2 == last2) {
    power1 *= beta1;
    power2 *= beta2;
  } else {
    power1 = std::pow(beta1, step);
    power2 = std::pow(beta2, step);
  }
  last = step;
  last1 = beta1;
  last2 = beta2;
  const float c1 = 1 - power1, c2 = 1 - power2;
  for (std::int64_t i = 0; i < n; ++i) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= lr * (m[i] / c1) / (std::sqrt(v[i] / c2) + 1e-8f);
  }
}
}  // namespace ops
