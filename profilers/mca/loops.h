// SPDX-License-Identifier: MIT
// Innermost loops in a disassembly (`objdump -d --no-show-raw-insn`, AT&T syntax).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ke::mca {

struct Instruction {
  uint64_t address = 0;
  std::string text;     // mnemonic and operands, without comments and symbols
  bool branch = false;  // a jump; then `target` is where to
  uint64_t target = 0;
};

struct Loop {
  std::string function;
  std::vector<Instruction> body;  // from the target of the backward jump to the jump itself
  size_t arithmetic = 0;          // floating-point and vector instructions in it
  bool calls = false;             // something that the simulation cannot see into
};

/// Loops that hold no other loop, most arithmetic first, those with calls behind the others; of equal ones
/// the longer. At most `most`, each at most 2000 instructions.
std::vector<Loop> innermost_loops(const std::string& disassembly, size_t most);

/// The loop as llvm-mca reads it: one label, jumps to it.
std::string assembly_of(const Loop& loop);

}  // namespace ke::mca
