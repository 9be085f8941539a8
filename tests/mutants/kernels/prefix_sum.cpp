// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

constexpr std::int64_t kBlock = 64;

void prefix_sum(const std::int32_t* x, std::int64_t* y, std::int64_t n) {
  std::int64_t before = 0;
  for (std::int64_t first = 0; first < n; first += kBlock) {
    const std::int64_t end = std::min(first + kBlock, n);
    std::int64_t sum = 0;
    for (std::int64_t i = first; i < end; ++i) {
      sum += x[i];
      y[i] = before + sum;
    }
    before += sum;
  }
}

}  // namespace ops
