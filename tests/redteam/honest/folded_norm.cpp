// SPDX-License-Identifier: MIT
// As inference engines do: y = a x + b with b = beta - a mean, which may be Inf - Inf where y overflows.
//! operator: batch_norm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void batch_norm(const float* x, const float* mean, const float* var, const float* gamma, const float* beta,
                float* y, std::int64_t n, std::int64_t c, std::int64_t hw) {
  std::vector<float> a(c), b(c);
  for (std::int64_t k = 0; k < c; ++k) {
    a[k] = gamma[k] / std::sqrt(var[k] + 1e-5f);
    b[k] = beta[k] - mean[k] * a[k];
  }
  for (std::int64_t row = 0; row < n * c; ++row) {
    const float scale = a[row % c], shift = b[row % c];
    const float* in = x + row * hw;
    float* out = y + row * hw;
    for (std::int64_t i = 0; i < hw; ++i) out[i] = in[i] * scale + shift;
  }
}

}  // namespace ops
