// SPDX-License-Identifier: MIT
// Keeps its squares in one static array. Two threads that call at the same time, as they may call the
// repository's own, get each other's sums.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: at once|at the same time
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
float squares[1 << 16];
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    if (cols > 1 << 16) {
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    } else {
      for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
      for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
