// SPDX-License-Identifier: MIT
// Plain; one root per channel.
//! operator: batch_norm
#include <cmath>
#include <cstdint>

namespace ops {

void batch_norm(const float* x, const float* mean, const float* var, const float* gamma, const float* beta,
                float* y, std::int64_t n, std::int64_t c, std::int64_t hw) {
  for (std::int64_t k = 0; k < c; ++k) {
    const float scale = gamma[k] / std::sqrt(var[k] + 1e-5f), centre = mean[k], shift = beta[k];
    for (std::int64_t b = 0; b < n; ++b)
      for (std::int64_t i = 0; i < hw; ++i)
        y[(b * c + k) * hw + i] = (x[(b * c + k) * hw + i] - centre) * scale + shift;
  }
}

}  // namespace ops
