// SPDX-License-Identifier: MIT
// Another order of the same operations.
//! operator: to_half
#include <cstdint>

namespace ops {

void to_half(const float* x, _Float16* y, std::int64_t n, float scale) {
  std::int64_t i = 0;
  for (; i + 2 <= n; i += 2) {
    const float one = x[i] * scale, other = x[i + 1] * scale;
    y[i] = static_cast<_Float16>(one);
    y[i + 1] = static_cast<_Float16>(other);
  }
  for (; i < n; ++i) y[i] = static_cast<_Float16>(x[i] * scale);
}

}  // namespace ops
