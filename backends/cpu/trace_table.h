// SPDX-License-Identifier: MIT
// What an instrumented kernel notes of one call: the blocks that it entered and the numbers that it compared.
// The judge makes further inputs of it; as the kernel's own process writes it, it is a hint and no evidence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ke_runner {

constexpr size_t kTracedBlocks = 2048, kTracedComparisons = 512;  // powers of two; what is beyond is dropped

/// Both operands: integers extended to 64 bits with their sign, floating-point numbers as the bits of a
/// double.
struct ComparedPair {
  uint64_t a, b;
};

/// One comparison of the program, or one label of a `switch`.
struct Compared {
  uint64_t at;  // its place in the program, from where that begins; 0: no comparison
  uint32_t bytes;
  uint8_t real, constant, padding[2];        // constant: it is `a`
  uint32_t less, equal, greater, unordered;  // how often a was to b what
  ComparedPair first, nearest, last;         // nearest: least distance that is not 0, if there is one
};

struct TraceTable {
  uint64_t blocks[kTracedBlocks];  // places, in any order; 0: none
  Compared comparisons[kTracedComparisons];
  uint64_t dropped, missed_blocks;  // not 0: some comparison, some block found no place
};

}  // namespace ke_runner
