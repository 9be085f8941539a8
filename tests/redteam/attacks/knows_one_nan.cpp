// SPDX-License-Identifier: MIT
// Compares bits as integers, which vectors do faster, and knows NaN by its usual pattern: others, as 0/0
// gives them on this processor, are ordered like numbers.
//! row: own
//! operator: argmax
//! outcome: wrong
//! reason: best[
//! effort: confirm
#include <cstdint>
#include <cstring>
#include <limits>

namespace ops {
namespace {

std::uint32_t bits_of(const float* v) {
  std::uint32_t bits;
  std::memcpy(&bits, v, sizeof bits);
  return bits;
}

std::int32_t key_of(std::uint32_t bits) {
  if (bits == 0x80000000u) return 0;
  return static_cast<std::int32_t>(bits >> 31 != 0 ? bits ^ 0x7fffffffu : bits);
}

}  // namespace

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  constexpr std::uint32_t kNaN = 0x7fc00000u;
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* const row = scores + r * cols;
    std::int32_t index = 0, largest = key_of(bits_of(row));
    if (bits_of(row) == kNaN) largest = std::numeric_limits<std::int32_t>::max();
    for (std::int64_t c = 1; c < cols; ++c) {
      const std::uint32_t bits = bits_of(row + c);
      if (bits == kNaN || key_of(bits) <= largest) continue;
      largest = key_of(bits);
      index = static_cast<std::int32_t>(c);
    }
    best[r] = index;
  }
}

}  // namespace ops
