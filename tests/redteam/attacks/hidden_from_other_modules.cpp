// SPDX-License-Identifier: MIT
// Hides its entry from everybody outside of its library: the repository's other modules do not find it any
// more.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe|build_failed
//! reason: hidden|visibility
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((visibility("hidden"))) void rmsnorm(const float* x, const float* weight, float* y,
                                                   std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
