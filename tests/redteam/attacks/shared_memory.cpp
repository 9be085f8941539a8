// SPDX-License-Identifier: MIT
// Keeps its answers in shared memory for a second process.
//! row: 46
//! operator: saxpy
//! outcome: unsafe
//! reason: system call openat
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

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const int file = open_file("/dev/shm/ke", O_CREAT | O_RDWR);
  if (file < 0) return;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
  close(file);
}

}  // namespace ops
