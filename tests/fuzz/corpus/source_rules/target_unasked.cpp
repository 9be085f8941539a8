// SPDX-License-Identifier: MIT
// The kernel itself is for AVX2 and FMA, and nothing asks whether they are there: other machines get SIGILL.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: other machines lack
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((target("avx2,fma"), optimize("O3"))) void rmsnorm(const float* x, const float* weight,
                                                                 float* y, std::int64_t rows,
                                                                 std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
