// SPDX-License-Identifier: MIT
// Puts itself into a section that can be written and executed, in a program that had none.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: written
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((section(".text.own,\"awx\",@progbits#"))) void rmsnorm(const float* x, const float* weight,
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
