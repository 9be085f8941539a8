// SPDX-License-Identifier: MIT
// Keeps the two powers of the last call, one pair per thread, for as long as all of what they depend on has
// the same bits.
//! operator: adam
//! flags: -O3 -fno-math-errno
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {
namespace {

struct Powers {
  float beta1 = 0, beta2 = 0;
  int step = -1;
  float first = 0, second = 0;
};

const Powers& powers_of(float beta1, float beta2, int step) {
  static thread_local Powers last;
  if (std::memcmp(&last.beta1, &beta1, sizeof beta1) != 0 ||
      std::memcmp(&last.beta2, &beta2, sizeof beta2) != 0 || last.step != step)
    last = {beta1, beta2, step, static_cast<float>(1 - std::pow(beta1, step)),
            static_cast<float>(1 - std::pow(beta2, step))};
  return last;
}

}  // namespace

void adam(float* p, float* m, float* v, const float* g, float lr, float beta1, float beta2, int step,
          std::int64_t n) {
  const Powers& kept = powers_of(beta1, beta2, step);
  const float one = kept.first, two = kept.second;
  for (std::int64_t i = 0; i < n; ++i) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    p[i] -= lr * (m[i] / one) / (std::sqrt(v[i] / two) + 1e-8f);
  }
}

}  // namespace ops
