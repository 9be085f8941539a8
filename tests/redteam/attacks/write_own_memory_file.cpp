// SPDX-License-Identifier: MIT
// Writes zeros over the read-only weights through /proc/self/mem, where page protections do not count:
// all answers would then be zero.
//! row: 12
//! operator: rmsnorm
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

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int memory = open_file("/proc/self/mem", O_RDWR);
  const float zero[512] = {};
  for (std::int64_t c = 0; c < cols; c += 512) {
    pwrite(memory, zero, sizeof(float) * (cols - c < 512 ? cols - c : 512),
           reinterpret_cast<off_t>(weight + c));
  }
  close(memory);
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = 0;
}

}  // namespace ops
