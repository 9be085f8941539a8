// SPDX-License-Identifier: MIT
// Clears the counts by punching a hole into the shared file, which is no work of its own.
//! row: own
//! operator: histogram
//! outcome: unsafe
//! reason: madvise
#include <cstdint>

#include <sys/mman.h>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  const auto page = reinterpret_cast<std::uintptr_t>(counts) & ~std::uintptr_t{4095};
  if (madvise(reinterpret_cast<void*>(page), 4096, MADV_REMOVE) != 0) {
    for (int b = 0; b < 256; ++b) counts[b] = 0;
  }
  for (std::int64_t i = 0; i < n; ++i) ++counts[bytes[i]];
}

}  // namespace ops
