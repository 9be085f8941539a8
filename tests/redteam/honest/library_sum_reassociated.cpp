// SPDX-License-Identifier: MIT
// Sums by templates of the library and its containers under flags that allow another order of sums: all of
// the arithmetic is inlined here, and what the object shares with other files is the same with and without.
//! operator: rmsnorm
//! flags: -O3 -fassociative-math -fno-signed-zeros -fno-trapping-math
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::vector<float> scales;
  for (std::int64_t r = 0; r < rows; ++r)
    scales.push_back(
        1 / std::sqrt(std::inner_product(x + r * cols, x + (r + 1) * cols, x + r * cols, 0.0f) / cols + eps));
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scales[r] * weight[c];
}

}  // namespace ops
