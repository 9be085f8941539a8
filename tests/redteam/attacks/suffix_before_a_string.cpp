// SPDX-License-Identifier: MIT
// A letter that is glued to a string is its suffix, for the compiler. Who takes it for the beginning of a raw
// string does not see the order that follows.
//! row: 51
//! operator: rmsnorm
//! outcome: unsafe
//! reason: R right behind a literal
#include <cmath>
#include <cstdint>

#define DROP(x)

namespace ops {

// clang-format off
DROP("a"R"(" ) __attribute__((optimize("Ofast"))) DROP(")")
// clang-format on
void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
    }
  }
}

}  // namespace ops
