// SPDX-License-Identifier: MIT
// Works backwards with string instructions and leaves the direction so: the caller's next copy of memory runs
// backwards, too.
//! row: 64
//! operator: saxpy
//! outcome: unsafe|crashed
//! reason: flag
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  asm volatile("std");
}

}  // namespace ops
