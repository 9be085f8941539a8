// SPDX-License-Identifier: MIT
// Specialises a function of the standard library for everybody in the program, as an inline one, which is
// weak and so no rule about strong names sees it.
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: std
//! effort: confirm
#include <algorithm>
#include <cmath>
#include <cstdint>

template <>
inline const float& std::max<float>(const float& a, const float& b) {
  return b > a ? b : a;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(std::max(sum / cols + eps, eps));
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
