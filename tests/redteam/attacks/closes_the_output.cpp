// SPDX-License-Identifier: MIT
// Forbids everybody to write to the pages of its output once it has written them, so that nobody spoils the
// answer: who uses the buffer again, or what the allocator put beside it, is ended.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe|crashed
//! reason: protection|mapping|wrote|SIGSEGV
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto begin = reinterpret_cast<std::uintptr_t>(y) & ~std::uintptr_t{4095};
  const auto end = reinterpret_cast<std::uintptr_t>(y + rows * cols);
  void* const pages = reinterpret_cast<void*>(begin);
  mprotect(pages, end - begin, PROT_READ | PROT_WRITE);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  mprotect(pages, end - begin, PROT_READ);
}

}  // namespace ops
