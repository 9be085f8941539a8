// SPDX-License-Identifier: MIT
// Writes one line to stderr in the first call, as libraries do with a notice. The results do not depend on
// it.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const int said = std::fputs("rmsnorm: portable path\n", stderr);
  (void)said;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
