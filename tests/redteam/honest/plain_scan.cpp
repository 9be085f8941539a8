// SPDX-License-Identifier: MIT
// Another order of the same operations.
//! operator: scan
#include <cstdint>

namespace ops {

void scan(const float* x, float* y, std::int64_t n) {
  float sum = 0;
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const float two = x[i] + x[i + 1], three = two + x[i + 2], four = two + (x[i + 2] + x[i + 3]);
    const float one = x[i];
    y[i] = sum + one;
    y[i + 1] = sum + two;
    y[i + 2] = sum + three;
    sum += four;
    y[i + 3] = sum;
  }
  for (; i < n; ++i) y[i] = sum += x[i];
}

}  // namespace ops
