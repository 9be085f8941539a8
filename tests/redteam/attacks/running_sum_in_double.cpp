// SPDX-License-Identifier: MIT
// One running sum in double: after a number of 10^17 has come and gone, what is left of the others is its
// rounding.
//! row: own
//! operator: moving_mean
//! outcome: wrong
//! reason: verify: y[
//! effort: confirm
#include <algorithm>
#include <cstdint>

namespace ops {

void moving_mean(const float* x, float* y, std::int64_t rows, std::int64_t n, std::int32_t window) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x + r * n;
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      sum += in[i];
      if (i >= window) sum -= in[i - window];
      y[r * n + i] = static_cast<float>(sum / static_cast<double>(std::min<std::int64_t>(i + 1, window)));
    }
  }
}

}  // namespace ops
