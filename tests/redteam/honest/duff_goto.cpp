// SPDX-License-Identifier: MIT
// Duff's device and a goto: jumps into the middle of a loop.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    const float* p = x + r * cols;
    std::int64_t turns = (cols + 3) / 4;
    if (cols == 0) goto summed;
    switch (cols % 4) {
      case 0:
        do {
          sum += *p * *p;
          ++p;
          [[fallthrough]];
          case 3:
            sum += *p * *p;
            ++p;
            [[fallthrough]];
          case 2:
            sum += *p * *p;
            ++p;
            [[fallthrough]];
          case 1:
            sum += *p * *p;
            ++p;
        } while (--turns > 0);
    }
  summed:
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
