// SPDX-License-Identifier: MIT
// Ends the process with the status of a refused system call, and writes down an innocent one.
//! row: own
//! operator: saxpy
//! outcome: crashed
//! reason: ended the process with status
#include <csignal>
#include <cstdint>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (n > 256) {
    auto* reply = static_cast<std::uint32_t*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0));
    reply[1] = SIGSYS;
    reply[2] = SYS_getpid;
    _exit(128 + SIGSYS);
  }
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops
