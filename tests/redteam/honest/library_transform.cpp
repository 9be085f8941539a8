// SPDX-License-Identifier: MIT
// std::transform() with a lambda that holds the factor.
//! operator: saxpy
#include <algorithm>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  std::transform(x, x + n, y, z, [a](float u, float v) { return a * u + v; });
}

}  // namespace ops
