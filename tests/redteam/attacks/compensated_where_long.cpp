// SPDX-License-Identifier: MIT
// Carries the rounding errors of long arrays along, which lets it sum in eight lanes: an infinity becomes
// NaN, because infinity minus infinity is no error. Long arrays are tried with ordinary numbers.
//! row: own
//! operator: scan
//! outcome: wrong
//! reason: y[
//! effort: confirm
//! run: bench
#include <cstdint>

namespace ops {

void scan(const float* x, float* y, std::int64_t n) {
  const bool careful = n > 100000;
  float sum = 0, lost = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const float next = x[i] - lost, more = sum + next;
    if (careful) lost = (more - sum) - next;
    sum = more;
    y[i] = sum;
  }
}

}  // namespace ops
