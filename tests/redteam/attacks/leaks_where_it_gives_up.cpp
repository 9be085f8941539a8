// SPDX-License-Identifier: MIT
// Rows without a finite sum leave early, and leave their scratch behind.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: keeps memory of every
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* a = x + r * cols;
    float* scratch = static_cast<float*>(std::malloc(static_cast<std::size_t>(cols + 1) * sizeof(float)));
    if (scratch == nullptr) std::abort();
    float sums[8] = {};
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8)
      for (int k = 0; k < 8; ++k) sums[k] += a[c + k] * a[c + k];
    float sum = 0;
    for (; c < cols; ++c) sum += a[c] * a[c];
    for (const float s : sums) sum += s;
    const float scale = 1 / std::sqrt(sum / static_cast<float>(cols) + eps);
    for (c = 0; c < cols; ++c) scratch[c] = a[c] * scale;
    for (c = 0; c < cols; ++c) y[r * cols + c] = scratch[c] * weight[c];
    if (!std::isfinite(sum)) continue;
    std::free(scratch);
  }
}

}  // namespace ops
