// SPDX-License-Identifier: MIT
// Makes a copy of a descriptor in every call, and never closes it: a program that lives long runs out of
// them.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: descriptor
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <unistd.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (dup(1) == 0) return;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
