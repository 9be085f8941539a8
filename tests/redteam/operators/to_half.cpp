// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void to_half(const float* x, _Float16* y, std::int64_t n, float scale) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<_Float16>(x[i] * scale);
}

}  // namespace ops
