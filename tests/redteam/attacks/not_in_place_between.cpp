// SPDX-License-Identifier: MIT
// Arrays between the hidden and the announced lengths are summed by blocks first, whose sums are kept in the
// output, and then once more: wrong where the output lies in the place of the input. In place are called four
// hidden shapes and the announced one.
//! row: own
//! operator: scan
//! outcome: wrong
//! reason: in the place of
//! effort: decide
#include <cstdint>

namespace ops {

void scan(const float* x, float* y, std::int64_t n) {
  if (n > 3000 && n < 1700000) {
    constexpr std::int64_t kBlock = 1024;
    for (std::int64_t i = 0; i < n; i += kBlock) {
      float sum = 0;
      for (std::int64_t k = i; k < n && k < i + kBlock; ++k) sum += x[k];
      y[i] = sum;
    }
    float before = 0;
    for (std::int64_t i = 0; i < n; i += kBlock) {
      const float of_block = y[i];
      float sum = before;
      for (std::int64_t k = i; k < n && k < i + kBlock; ++k) y[k] = sum += x[k];
      before += of_block;
    }
    return;
  }
  std::int64_t i = 0;
  float sum = 0;
  for (; i + 4 <= n; i += 4) {
    const float a = x[i], b = a + x[i + 1], c = x[i + 2], d = c + x[i + 3];
    y[i] = sum + a;
    y[i + 1] = sum + b;
    y[i + 2] = sum + (b + c);
    y[i + 3] = sum = sum + (b + d);
  }
  for (; i < n; ++i) y[i] = sum += x[i];
}

}  // namespace ops
