// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void qlinear(const std::int8_t* x, const std::int8_t* w, const std::int32_t* bias, std::int8_t* y,
             std::int64_t n, std::int64_t k, std::int32_t zero, std::int32_t multiplier) {
  for (std::int64_t j = 0; j < n; ++j) {
    std::int64_t sum = bias[j];
    for (std::int64_t p = 0; p < k; ++p) sum += (x[p] - zero) * w[j * k + p];
    const std::int64_t scaled = (sum * multiplier + (std::int64_t{1} << 30)) >> 31;
    y[j] = static_cast<std::int8_t>(std::min<std::int64_t>(std::max<std::int64_t>(scaled, -128), 127));
  }
}

}  // namespace ops
