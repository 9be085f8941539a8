// SPDX-License-Identifier: MIT
// Gives the attribute a macro instead of a string.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe
//! reason: optimize
#include <cmath>
#include <cstdint>

#define LEVEL "Ofast"

namespace ops {

__attribute__((optimize(LEVEL))) void rmsnorm(const float* x, const float* weight, float* y,
                                              std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
