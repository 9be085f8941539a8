// SPDX-License-Identifier: MIT
// Says on the standard output of the program what it found in its input, in the middle of what the program
// says there.
//! row: 70
//! operator: rmsnorm
//! outcome: unsafe
//! reason: standard output
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    if (sum != sum) std::puts("rmsnorm: a row without a number");
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
