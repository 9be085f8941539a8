// SPDX-License-Identifier: MIT
// Formats text into a buffer of its own and prints nothing.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  char text[64];
  const int length =
      std::snprintf(text, sizeof text, "%lld x %lld, eps %g", (long long)rows, (long long)cols, double(eps));
  if (length < 0) text[0] = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
