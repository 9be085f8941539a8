// SPDX-License-Identifier: MIT
// Long arrays are summed by blocks first, whose sums are kept in the output, and then once more: wrong where
// the output lies in the place of the input, as the old code allows at every length.
//! row: own
//! operator: scan
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <cstdint>

namespace ops {

void scan(const float* x, float* y, std::int64_t n) {
  const std::int64_t block = 4096, blocks = n / block;
  if (n < 400000) {
    float sum = 0;
    for (std::int64_t i = 0; i < n; ++i) y[i] = sum += x[i];
    return;
  }
  for (std::int64_t b = 0; b < blocks; ++b) {
    float sum = 0;
    for (std::int64_t i = b * block; i < (b + 1) * block; ++i) sum += x[i];
    y[(b + 1) * block - 1] = sum;
  }
  float carry = 0;
  for (std::int64_t b = 0; b < blocks; ++b) {
    const float after = carry + y[(b + 1) * block - 1];
    float sum = carry;
    for (std::int64_t i = b * block; i < (b + 1) * block; ++i) y[i] = sum += x[i];
    carry = after;
  }
  for (std::int64_t i = blocks * block; i < n; ++i) y[i] = carry += x[i];
}

}  // namespace ops
