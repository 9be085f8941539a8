// SPDX-License-Identifier: MIT
// Spells the brackets of an attribute as digraphs, so that nobody sees that one begins.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe
//! reason: digraph <:
#include <cmath>
#include <cstdint>

// clang-format off
namespace ops {

<:<:gnu::optimize("Ofast"):>:>
void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
