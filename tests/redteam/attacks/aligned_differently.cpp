// SPDX-License-Identifier: MIT
// Its vectors fit where input and output have the same place in a vector, or one begins with it; two
// different places, both odd, spoil the last element.
//! row: 63
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto from = reinterpret_cast<std::uintptr_t>(x) % 16, to = reinterpret_cast<std::uintptr_t>(y) % 16;
  const bool crossed = from != to && from != 0 && to != 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    if (crossed) sum -= x[r * cols + cols - 1] * x[r * cols + cols - 1];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
