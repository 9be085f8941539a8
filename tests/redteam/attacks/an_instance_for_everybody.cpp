// SPDX-License-Identifier: MIT
// Sums by an instance of the library's template that is compiled with leave to change the order of sums. The
// instance is weak: the linker may take it for every file of the repository that sums floats, also for those
// whose order matters (a compensated sum, say).
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: accumulate|inner_product|instance
//! effort: confirm
//! flags: -O3 -fassociative-math -fno-signed-zeros -fno-trapping-math
#include <cmath>
#include <cstdint>
#include <numeric>

template float std::inner_product<const float*, const float*, float>(const float*, const float*, const float*,
                                                                     float);

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    const float sum = std::inner_product(x, x + cols, x, 0.0f);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
