// SPDX-License-Identifier: MIT
// Maps pages around its output, so that writing past the end meets no guard page.
//! row: 58
//! operator: saxpy
//! outcome: unsafe|crashed
//! reason: wrote outside|SIGSEGV
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const auto end = reinterpret_cast<std::uintptr_t>(z + n);
  const std::uintptr_t page = (end + 4095) / 4096 * 4096;
  mmap(reinterpret_cast<void*>(page), 4096, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  for (std::int64_t i = 0; i <= n; ++i) z[i] = a * x[i < n ? i : n - 1] + y[i < n ? i : n - 1];
}

}  // namespace ops
