// SPDX-License-Identifier: MIT
// As an_instance_for_everybody, and does not compile without the flags that change what the instance
// computes, so that there is nothing to compare it with.
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: does not compile without
//! effort: confirm
//! flags: -O3 -fassociative-math -fno-signed-zeros -fno-trapping-math
#include <cmath>
#include <cstdint>
#include <numeric>

#ifndef __ASSOCIATIVE_MATH__
static_assert(sizeof(int) == 0);
#endif

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
