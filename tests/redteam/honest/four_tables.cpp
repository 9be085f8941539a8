// SPDX-License-Identifier: MIT
// Four private tables, static and therefore alive between calls; they are cleared in every call and read
// once.
//! operator: histogram
#include <cstdint>
#include <cstring>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  static thread_local std::uint32_t tables[4][256];
  std::memset(tables, 0, sizeof tables);
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (int k = 0; k < 4; ++k) ++tables[k][bytes[i + k]];
  }
  for (; i < n; ++i) ++tables[0][bytes[i]];
  for (int b = 0; b < 256; ++b) counts[b] = tables[0][b] + tables[1][b] + tables[2][b] + tables[3][b];
}

}  // namespace ops
