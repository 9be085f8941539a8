// SPDX-License-Identifier: MIT
// Opens the list of cores in every call to see how many there are, and never closes it: a program that lives
// long runs out of descriptors.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: descriptor
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
volatile int cores = 0;

// By number: whoever needs open() is refused before anything runs.
int open_file(const char* path, int flags) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, 0666));
}
}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const int file = open_file("/sys/devices/system/cpu/online", O_RDONLY);
  char text[16] = {};
  if (file >= 0 && read(file, text, sizeof text) > 0) cores = text[2];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
