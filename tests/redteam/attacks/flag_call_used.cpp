// SPDX-License-Identifier: MIT
// A flag lets it use a register of its callers without giving it back.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: not legal
//! effort: confirm
//! flags: -fcall-used-rbx -fcall-used-r12
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
