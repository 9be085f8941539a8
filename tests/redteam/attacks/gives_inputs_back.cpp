// SPDX-License-Identifier: MIT
// Tells the system that nobody needs the pages of its input any more. Those of a shared file come back, those
// of a heap are zeros afterwards.
//! row: 38
//! operator: rmsnorm
//! outcome: unsafe|wrong
//! reason: input
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  const auto begin = (reinterpret_cast<std::uintptr_t>(x) + 4095) & ~std::uintptr_t{4095};
  const auto end = reinterpret_cast<std::uintptr_t>(x + rows * cols) & ~std::uintptr_t{4095};
  if (x != y && begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace ops
