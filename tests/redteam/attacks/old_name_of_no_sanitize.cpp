// SPDX-License-Identifier: MIT
// Its row on the heap is too short for the last vector; an older name of an attribute hides it.
//! row: 58
//! operator: rmsnorm
//! outcome: unsafe
//! reason: sanitize|sanitizers
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

__attribute__((no_address_safety_analysis)) void rmsnorm(const float* x, const float* weight, float* y,
                                                         std::int64_t rows, std::int64_t cols, float eps) {
  const std::int64_t room = cols + 3 & ~std::int64_t{3};
  std::vector<float> squares(static_cast<std::size_t>(cols) + 1);
  float* const row = squares.data();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {0, 0, 0, 0};
    for (std::int64_t c = 0; c < room; ++c) row[c] = c < cols ? x[r * cols + c] : 0;
    for (std::int64_t c = 0; c < room; ++c) sum[c % 4] += row[c] * row[c];
    const float scale = 1 / std::sqrt((sum[0] + sum[1] + sum[2] + sum[3]) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
