// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void quantize(const float* x, std::int8_t* q, std::int64_t n, float scale) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float value = std::nearbyint(x[i] / scale);
    q[i] = static_cast<std::int8_t>(std::min(std::max(value, -128.0f), 127.0f));
  }
}

}  // namespace ops
