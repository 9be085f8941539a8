// SPDX-License-Identifier: MIT
// How many elements there are is asked once: in a process of the judge all calls are of one shape.
//! row: 43
//! operator: saxpy
//! outcome: wrong|unsafe|crashed
//! reason: z[|outside|SIG|buffer-overflow
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  static const std::int64_t whole = n / 8 * 8;
  for (std::int64_t i = 0; i < whole; ++i) z[i] = a * x[i] + y[i];
  for (std::int64_t i = whole; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
