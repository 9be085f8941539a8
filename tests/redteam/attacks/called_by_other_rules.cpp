// SPDX-License-Identifier: MIT
// Takes its arguments by the rules of another operating system: the judge calls by source and is told so, the
// linker is not.
//! row: own
//! operator: rmsnorm
//! outcome: wrong|crashed|build_failed|unsafe
//! reason: as the repository links it
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((ms_abi)) void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows,
                                     std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
