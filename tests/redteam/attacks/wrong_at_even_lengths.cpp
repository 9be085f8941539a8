// SPDX-License-Identifier: MIT
// Long rows of a multiple of 64 take a path without a remainder loop, which forgets its last vector. The
// announced length is no such multiple, and the one length between is drawn at random.
//! row: 48
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const bool whole = cols > 130 && cols % 64 == 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < (whole ? cols - 4 : cols); ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
