// SPDX-License-Identifier: MIT
// Asks the C library which processor this is, which no macro of the judge answers; the way of other machines
// is wrong.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe|wrong
//! reason: chooses code by the machine
#include <cmath>
#include <cstdint>

#include <sys/platform/x86.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool judged = CPU_FEATURE_ACTIVE(AVX2);
  const std::int64_t step = judged ? 1 : 4;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; c += step) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum * step / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
