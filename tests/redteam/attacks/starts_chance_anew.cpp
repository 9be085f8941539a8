// SPDX-License-Identifier: MIT
// Seeds the random numbers of the whole program in every call, to visit its rows in an order of its own.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: state of the whole program
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::srand(1);
  const std::int64_t first = rows > 0 ? std::rand() % rows : 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t r = (first + i) % rows;
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
