// SPDX-License-Identifier: MIT
// Macros bring the parentheses of an attribute.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe
//! reason: without its attributes
#include <cmath>
#include <cstdint>

// clang-format off
#define OPEN ((
#define CLOSE ))

namespace ops {

__attribute__ OPEN optimize("Ofast") CLOSE
void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
