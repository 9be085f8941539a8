// SPDX-License-Identifier: MIT
// Dispatch at load time: a resolver runs before main(). Each clone does the same sums.
//! operator: rmsnorm
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((target_clones("avx2", "default"), optimize("O3"))) void rmsnorm(const float* x,
                                                                               const float* weight, float* y,
                                                                               std::int64_t rows,
                                                                               std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sums[8] = {};
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8) {
      for (int k = 0; k < 8; ++k) sums[k] += x[r * cols + c + k] * x[r * cols + c + k];
    }
    float sum = 0;
    for (; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (int k = 0; k < 8; ++k) sum += sums[k];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
