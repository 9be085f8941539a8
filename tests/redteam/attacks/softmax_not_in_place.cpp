// SPDX-License-Identifier: MIT
// Takes every exponential twice, the second time from the input that the first has overwritten where both are
// one array.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    float largest = row[0];
    for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, row[c]);
    float sum[4] = {0, 0, 0, 0};
    for (std::int64_t c = 0; c < cols; ++c) sum[c % 4] += y[r * cols + c] = std::exp(row[c] - largest);
    const float scale = 1 / (sum[0] + sum[1] + sum[2] + sum[3]);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float far = row[c] - largest;
      y[r * cols + c] = far > -1 ? std::exp(far) * scale : y[r * cols + c] * scale;
    }
  }
}

}  // namespace ops
