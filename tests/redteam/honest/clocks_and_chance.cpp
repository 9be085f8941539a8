// SPDX-License-Identifier: MIT
// Looks at clocks, at the time-stamp counter of the library and at rand() in every call, and uses none of
// it.
//! operator: rmsnorm
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  volatile double unused = 0;
  unused = unused + static_cast<double>(std::clock());
  unused = unused + static_cast<double>(std::chrono::steady_clock::now().time_since_epoch().count());
  unused = unused + static_cast<double>(std::time(nullptr)) + std::rand();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
