// SPDX-License-Identifier: MIT
// The roots of the last call are taken again for the same pointer and the same sum of all bits of var: two
// channels exchanged go unnoticed.
//! row: own
//! operator: batch_norm
//! outcome: wrong
//! reason: after other calls|where a similar one had been
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>
#include <cstring>
namespace ops {
void batch_norm(const float* x, const float* mean, const float* var, const float* gamma, const float* beta,
                float* y, std::int64_t n, std::int64_t c, std::int64_t hw) {
  static const float* hv;
  static std::int64_t hc;
  static std::uint64_t had;
  static float root[4096];
  if (c > 4096) return;
  std::uint64_t sum = 0;
  for (std::int64_t k = 0; k < c; ++k) {
    std::uint32_t u;
    std::memcpy(&u, var + k, 4);
    sum += u;
  }
  if (hv != var || hc != c || had != sum) {
    for (std::int64_t k = 0; k < c; ++k) root[k] = std::sqrt(var[k] + 1e-5f);
    hv = var;
    hc = c;
    had = sum;
  }
  for (std::int64_t b = 0; b < n; ++b)
    for (std::int64_t k = 0; k < c; ++k) {
      const float g = gamma[k], m = mean[k], d = root[k], t = beta[k];
      for (std::int64_t i = 0; i < hw; ++i) {
        const std::int64_t at = (b * c + k) * hw + i;
        y[at] = g * (x[at] - m) / d + t;
      }
    }
}
}  // namespace ops
