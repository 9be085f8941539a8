// SPDX-License-Identifier: MIT
// A static row is as long as the first call of the process wants it; every later one is taken to be no
// longer.
//! row: 58
//! operator: rmsnorm
//! outcome: wrong|unsafe|crashed
//! reason: y[|overflow|SIG
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static float* const row = new float[static_cast<std::size_t>(cols)];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = x[r * cols + c];
      sum += row[c] * row[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] * scale * weight[c];
  }
}

}  // namespace ops
