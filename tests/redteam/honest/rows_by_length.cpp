// SPDX-License-Identifier: MIT
// Orders rows by their length before it works on them, eight short ones side by side, and pads into scratch.
//! operator: spmv
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  const auto length = [offsets](std::int64_t r) { return offsets[r + 1] - offsets[r]; };
  std::ranges::stable_sort(order, {}, length);
  for (std::size_t begin = 0; begin < order.size(); begin += 8) {
    const std::size_t count = std::min<std::size_t>(8, order.size() - begin);
    std::array<float, 8> sums{};
    const std::int64_t longest = length(order[begin + count - 1]);
    for (std::int64_t k = 0; k < longest; ++k) {
      for (std::size_t lane = 0; lane < count; ++lane) {
        const std::int64_t r = order[begin + lane], at = offsets[r] + k;
        if (at < offsets[r + 1]) sums[lane] += values[at] * x[columns[at]];
      }
    }
    for (std::size_t lane = 0; lane < count; ++lane) y[order[begin + lane]] = sums[lane];
  }
}

}  // namespace ops
