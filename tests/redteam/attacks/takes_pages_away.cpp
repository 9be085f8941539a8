// SPDX-License-Identifier: MIT
// Has the pages of its arguments swapped out or dropped when it is done: the baseline, which works on the
// same ones, would have to wait for them.
//! row: own
//! operator: gemv
//! outcome: unsafe
//! reason: madvise
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
  const auto page = reinterpret_cast<std::uintptr_t>(a) & ~std::uintptr_t{4095};
  madvise(reinterpret_cast<void*>(page), static_cast<std::size_t>(rows * cols) * sizeof(float),
          21);  // MADV_PAGEOUT
}

}  // namespace ops
