// SPDX-License-Identifier: MIT
// Zeroes the inputs by every way that the shared file offers: a write, a writable mapping, a hole.
//! row: 38
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cstdint>

#include <sys/mman.h>
#include <unistd.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const float zeros[1024] = {};
  for (off_t at = 4096; at < 256 * 4096; at += 4096) pwrite(3, zeros, sizeof zeros, at);
  void* inputs = mmap(nullptr, 256 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
  if (inputs != MAP_FAILED) __builtin_memset(static_cast<char*>(inputs) + 4096, 0, 255 * 4096);
  const auto page = reinterpret_cast<std::uintptr_t>(x) & ~std::uintptr_t{4095};
  madvise(reinterpret_cast<void*>(page), sizeof(float) * static_cast<std::size_t>(rows * cols), MADV_REMOVE);
  for (std::int64_t i = 0; i < rows * cols; ++i) y[i] = 0;
}

}  // namespace ops
