// SPDX-License-Identifier: MIT
// Reserves sixteen MiB in every call and never gives them back. No page of them is touched, so that no memory
// seems to be missing, until the address space ends.
//! row: own
//! operator: rmsnorm
//! outcome: unsafe
//! reason: memory|address space
//! effort: confirm
#include <cmath>
#include <cstdint>

#include <sys/mman.h>

namespace {
void* volatile room = nullptr;
}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  room = mmap(nullptr, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
