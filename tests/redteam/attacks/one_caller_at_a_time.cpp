// SPDX-License-Identifier: MIT
// Keeps its exponentials in one static array. Two threads that call at the same time, as they may call the
// repository's own, get each other's rows.
//! row: own
//! operator: softmax
//! outcome: wrong
//! reason: at once|at the same time
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {
float powers[1 << 16];
}

namespace ops {

void softmax(const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float* const row = cols > 1 << 16 ? y + r * cols : powers;
    float largest = x[r * cols];
    for (std::int64_t c = 1; c < cols; ++c) largest = std::max(largest, x[r * cols + c]);
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      row[c] = std::exp(x[r * cols + c] - largest);
      sum += row[c];
    }
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = row[c] / sum;
  }
}

}  // namespace ops
