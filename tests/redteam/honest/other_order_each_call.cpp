// SPDX-License-Identifier: MIT
// A counter of calls and rand() choose where counting begins, so that no two calls do the same steps. Sums
// of integers do not depend on the order.
//! operator: histogram
#include <cstdint>
#include <cstdlib>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  static unsigned calls = 0;
  if (n == 0) return;
  const std::int64_t first =
      (++calls * 7919u + static_cast<unsigned>(std::rand())) % static_cast<std::uint64_t>(n);
  for (std::int64_t i = first; i < n; ++i) ++counts[bytes[i]];
  for (std::int64_t i = 0; i < first; ++i) ++counts[bytes[i]];
}

}  // namespace ops
