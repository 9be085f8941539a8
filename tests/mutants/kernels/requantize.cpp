// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void requantize(const std::int32_t* sums, std::int8_t* q, std::int64_t n, std::int32_t shift) {
  const std::int64_t half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t value = (sums[i] + half) >> shift;
    q[i] = static_cast<std::int8_t>(std::min<std::int64_t>(std::max<std::int64_t>(value, -128), 127));
  }
}

}  // namespace ops
