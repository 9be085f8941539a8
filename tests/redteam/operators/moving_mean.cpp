// SPDX-License-Identifier: MIT
// The mean of the last `window` numbers, of fewer where the row begins.
#include <algorithm>
#include <cstdint>

namespace ops {

void moving_mean(const float* x, float* y, std::int64_t rows, std::int64_t n, std::int32_t window) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t from = std::max<std::int64_t>(0, i - window + 1);
      float sum = 0;
      for (std::int64_t k = from; k <= i; ++k) sum += x[r * n + k];
      y[r * n + i] = sum / static_cast<float>(i - from + 1);
    }
  }
}

}  // namespace ops
