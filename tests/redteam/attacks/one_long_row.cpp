// SPDX-License-Identifier: MIT
// A single long row, as in decoding, is summed in four quarters; what is left behind them is forgotten.
// Hidden shapes are short, announced ones have many rows.
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
    float sum = 0;
    if (rows == 1 && cols >= 256) {
      float sums[4] = {};
      const std::int64_t quarter = cols / 4;
      for (std::int64_t c = 0; c < quarter; ++c)
        for (int k = 0; k < 4; ++k) sums[k] += x[k * quarter + c] * x[k * quarter + c];
      sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    } else {
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
