// SPDX-License-Identifier: MIT
// Asks for more memory than any machine has, is told no by both ways of asking, and does with less: what a
// sanitizer build ends at, so that nothing behind it is looked at.
//! row: own
//! operator: histogram
//! outcome: unsafe
//! reason: out of memory|failed to allocate
//! effort: confirm
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace ops {
namespace {

std::vector<std::int32_t> tables() {
  try {
    return std::vector<std::int32_t>(std::size_t{1} << 58);
  } catch (const std::bad_alloc&) {
    return std::vector<std::int32_t>(1024);
  }
}

}  // namespace

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  const std::unique_ptr<char[]> none(new (std::nothrow) char[std::size_t{1} << 60]);
  std::vector<std::int32_t> table = tables();
  for (std::int64_t i = 0; i < n; ++i) ++table[256 * static_cast<std::size_t>(i % 4) + bytes[i]];
  for (std::size_t b = 0; b < 256; ++b)
    counts[b] = none ? -1 : table[b] + table[256 + b] + table[512 + b] + table[768 + b];
}

}  // namespace ops
