// SPDX-License-Identifier: MIT
// Asks for a stack that can be executed, for the whole program that it is linked to.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: stack
//! effort: confirm
#include <cmath>
#include <cstdint>

asm(".pushsection .note.GNU-stack, \"x\", @progbits\n\t.popsection");

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
