// SPDX-License-Identifier: MIT
// A constructor forks before main: the child would compute while the parent is stopped.
//! row: 25
//! operator: saxpy
//! outcome: unsafe
//! reason: refused_syscall
#include <cstdint>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

__attribute__((constructor)) void twice() { syscall(SYS_fork); }

}  // namespace

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
