// SPDX-License-Identifier: MIT
// std::async() in an operator that may use one thread: the policy is `deferred`, so the caller itself does
// the work.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <future>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto squares = [=] {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
      return sum;
    };
    const float sum = std::async(std::launch::deferred, squares).get();
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
