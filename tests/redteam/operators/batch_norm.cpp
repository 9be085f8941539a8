// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

namespace ops {

void batch_norm(const float* x, const float* mean, const float* var, const float* gamma, const float* beta,
                float* y, std::int64_t n, std::int64_t c, std::int64_t hw) {
  for (std::int64_t b = 0; b < n; ++b)
    for (std::int64_t k = 0; k < c; ++k)
      for (std::int64_t i = 0; i < hw; ++i) {
        const std::int64_t at = (b * c + k) * hw + i;
        y[at] = gamma[k] * (x[at] - mean[k]) / std::sqrt(var[k] + 1e-5f) + beta[k];
      }
}

}  // namespace ops
