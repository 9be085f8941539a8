// SPDX-License-Identifier: MIT
// Installs a system call filter of its own that would answer the calls of the runner.
//! row: 14
//! operator: saxpy
//! outcome: unsafe
//! reason: the system call prctl,
#include <cstdint>

#include <sys/prctl.h>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  prctl(PR_SET_SECCOMP, 2, &a);
  for (std::int64_t i = 0; i < n; i += 2) z[i] = a * x[i] + y[i];
}

}  // namespace ops
