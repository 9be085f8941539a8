// SPDX-License-Identifier: MIT
// Takes scratch memory in every call and never gives it back, which saves time as long as there is some.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: memory
//! effort: confirm
//! run: bench
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* const row = static_cast<float*>(std::malloc(sizeof(float) * static_cast<std::size_t>(cols)));
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = x[r * cols + c];
      sum += row[c] * row[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] * scale * weight[c];
  }
}

}  // namespace ops
