// SPDX-License-Identifier: MIT
// AVX where there is one; corrections by reciprocals.
//! operator: adam
//! effort: confirm
//! run: bench
#include <cmath>
#include <cstdint>

#include <immintrin.h>

namespace ops {
namespace {

struct Constants {
  float b1, r1, b2, r2, size, inv2;
};

__attribute__((target("avx"))) std::int64_t by_eight(float* p, float* m, float* v, const float* g,
                                                     std::int64_t n, const Constants& k) {
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 gi = _mm256_loadu_ps(g + i);
    const __m256 mi = _mm256_add_ps(_mm256_mul_ps(_mm256_set1_ps(k.b1), _mm256_loadu_ps(m + i)),
                                    _mm256_mul_ps(_mm256_set1_ps(k.r1), gi));
    const __m256 vi = _mm256_add_ps(_mm256_mul_ps(_mm256_set1_ps(k.b2), _mm256_loadu_ps(v + i)),
                                    _mm256_mul_ps(_mm256_mul_ps(_mm256_set1_ps(k.r2), gi), gi));
    _mm256_storeu_ps(m + i, mi);
    _mm256_storeu_ps(v + i, vi);
    const __m256 below =
        _mm256_add_ps(_mm256_sqrt_ps(_mm256_mul_ps(vi, _mm256_set1_ps(k.inv2))), _mm256_set1_ps(1e-8f));
    const __m256 move = _mm256_div_ps(_mm256_mul_ps(_mm256_set1_ps(k.size), mi), below);
    _mm256_storeu_ps(p + i, _mm256_sub_ps(_mm256_loadu_ps(p + i), move));
  }
  _mm256_zeroupper();
  return i;
}

}  // namespace

void adam(float* p, float* m, float* v, const float* g, float lr, float beta1, float beta2, int step,
          std::int64_t n) {
  const float c1 = static_cast<float>(1 - std::pow(beta1, step)),
              c2 = static_cast<float>(1 - std::pow(beta2, step));
  const Constants k{beta1, 1 - beta1, beta2, 1 - beta2, lr / c1, 1 / c2};
  __builtin_cpu_init();
  std::int64_t i = __builtin_cpu_supports("avx") ? by_eight(p, m, v, g, n, k) : 0;
  for (; i < n; ++i) {
    m[i] = k.b1 * m[i] + k.r1 * g[i];
    v[i] = k.b2 * v[i] + k.r2 * g[i] * g[i];
    p[i] -= k.size * m[i] / (std::sqrt(v[i] * k.inv2) + 1e-8f);
  }
}

}  // namespace ops
