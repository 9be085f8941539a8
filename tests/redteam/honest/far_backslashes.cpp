// SPDX-License-Identifier: MIT
// Long macros whose backslashes stand in one column on the right, as formatters put them.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>

// clang-format off
#define SUM_OF_SQUARES(sum, x, n)                                                                                                         \
  do {                                                                                                                                    \
    for (std::int64_t c = 0; c < (n); ++c) {                                                                                              \
      const float value = (x)[c];                                                                                                         \
                                                                                                                                          \
      (sum) += value * value;                                                                                                             \
    }                                                                                                                                     \
  } while (0)
// clang-format on

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    SUM_OF_SQUARES(sum, x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
