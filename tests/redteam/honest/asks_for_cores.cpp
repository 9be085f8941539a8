// SPDX-License-Identifier: MIT
// Asks how many processors there are, and uses one.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <thread>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const unsigned cores = std::thread::hardware_concurrency();
  const std::int64_t block = cores > 64 ? 2 : 1;
  for (std::int64_t begin = 0; begin < rows; begin += block) {
    for (std::int64_t r = begin; r < rows && r < begin + block; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
      const float root = std::sqrt(sum / cols + eps);
      for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] / root * weight[c];
    }
  }
}

}  // namespace ops
