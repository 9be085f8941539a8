// SPDX-License-Identifier: MIT
// Writes the weighted row first and reads the input again for the sum: wrong for who normalises in place,
// which the contract allows and the old code does.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * weight[c];
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] *= scale;
  }
}

}  // namespace ops
