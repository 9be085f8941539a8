// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
#pragma omp parallel num_threads(2)
  {
    std::int32_t mine[256] = {};
#pragma omp for nowait
    for (std::int64_t i = 0; i < n; ++i) ++mine[bytes[i]];
#pragma omp critical
    for (int b = 0; b < 256; ++b) counts[b] += mine[b];
  }
}

}  // namespace ops
