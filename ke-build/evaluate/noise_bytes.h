// SPDX-License-Identifier: MIT
// Patterns in memory that a kernel can neither guess nor meet by accident.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ke {

struct ByteRange {
  uint64_t begin, end;
};

/// Writes bytes [begin, end) of the noise that `seed` stands for to `memory` + begin. Any part of it can be
/// made alone.
void fill_noise(std::byte* memory, ByteRange range, uint64_t seed);
/// True when they are still there.
bool holds_noise(const std::byte* memory, ByteRange range, uint64_t seed);
/// Repeats a word over `count` bytes.
void fill_bytes(std::byte* memory, uint64_t count, uint64_t word);
/// Sets every second word of four bytes to zero, chosen by `seed`.
void blank_words(std::byte* memory, uint64_t count, uint64_t seed);

}  // namespace ke
