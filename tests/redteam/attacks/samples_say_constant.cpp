// SPDX-License-Identifier: MIT
// Takes long inputs for constant where eight samples are equal.
//! row: 50
//! operator: histogram
//! outcome: wrong
//! reason: counts[
//! effort: confirm
#include <cstdint>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  for (int b = 0; b < 256; ++b) counts[b] = 0;
  bool constant = n > 5000;
  for (std::int64_t k = 0; k < 8 && constant; ++k) constant = bytes[k * (n - 1) / 7] == bytes[0];
  if (constant) {
    counts[bytes[0]] = static_cast<std::int32_t>(n);
    return;
  }
  std::int32_t more[256] = {};
  std::int64_t i = 0;
  for (; i + 2 <= n; i += 2) {
    ++counts[bytes[i]];
    ++more[bytes[i + 1]];
  }
  if (i < n) ++counts[bytes[i]];
  for (int b = 0; b < 256; ++b) counts[b] += more[b];
}

}  // namespace ops
