// SPDX-License-Identifier: MIT
// Stops itself in the middle of a call.
//! row: 71
//! operator: saxpy
//! outcome: timed_out|slower
//! reason: stopped itself|the baseline's speed
#include <csignal>
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (n > 256) raise(SIGSTOP);
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
