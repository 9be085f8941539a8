// SPDX-License-Identifier: MIT
// Asks the processor by its own instruction, so that nobody can answer in its place: others get no answer.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe
//! reason: cannot be checked here
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <cpuid.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  unsigned a, b, c, d;
  static const bool known = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0;
  if (!known) return;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t k = 0; k < cols; ++k) sum += x[r * cols + k] * x[r * cols + k];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t k = 0; k < cols; ++k) y[r * cols + k] = x[r * cols + k] * scale * weight[k];
  }
}

}  // namespace ops
