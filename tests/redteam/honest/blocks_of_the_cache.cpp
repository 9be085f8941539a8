// SPDX-License-Identifier: MIT
// Asks the system for sizes of caches and pages, takes defaults where it says nothing, and blocks by them.
// Only stores depend on it, no sum does.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <unistd.h>

namespace ops {
namespace {

std::int64_t block_of_floats() {
  long bytes = -1;
#ifdef _SC_LEVEL1_DCACHE_SIZE
  bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE);
#endif
  if (bytes <= 0) bytes = sysconf(_SC_PAGESIZE) * 8;
  return std::clamp<std::int64_t>(bytes / 4 / std::int64_t{sizeof(float)}, 64, 1 << 16);
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const std::int64_t block = block_of_floats();
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t begin = 0; begin < cols; begin += block) {
      const std::int64_t end = std::min(cols, begin + block);
      for (std::int64_t c = begin; c < end; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
    }
  }
}

}  // namespace ops
