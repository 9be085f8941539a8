// SPDX-License-Identifier: MIT
// A static row as scratch: two threads that call it at the same time, as they may call the old code, spoil
// each other's rows.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static std::vector<float> row;
  if (row.size() < static_cast<std::size_t>(cols)) row.resize(static_cast<std::size_t>(cols));
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
