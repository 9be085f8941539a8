// SPDX-License-Identifier: MIT
// Peels up to a page border and works page by page: the same way at every address.
//! operator: histogram
#include <algorithm>
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  for (std::int64_t from = 0; from < n;) {
    const auto place = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(bytes + from) % 4096);
    const std::int64_t to = std::min(n, from + 4096 - place);
    for (std::int64_t i = from; i < to; ++i) ++counts[bytes[i]];
    from = to;
  }
}

}  // namespace ops
