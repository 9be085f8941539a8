// SPDX-License-Identifier: MIT
// The blocks of an instrumented program, as objdump (GNU binutils) takes it apart.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// From one call of __sanitizer_cov_trace_pc up to the next one.
struct Block {
  uint64_t address = 0;       // where that call returns to
  std::set<int> lines = {};   // of the source that was asked for, from 1
  std::string function = {};  // its symbol; a hash of a very long one
  // Only an exception on its way leads there, and nobody catches it there; or it ends in a failed assertion.
  bool fails = false;
  size_t program = 0;  // the same source may be built more than once
  bool entered = false;
};

/// The output of `objdump -d -l -w --no-show-raw-insn` of a program; `source` is the path of the lines that
/// are wanted, as the debug information has it. Where instrumented code jumps to computed places, or on
/// machines other than x86-64, no block is known to unwind.
std::vector<Block> traced_blocks(std::string_view disassembly, const std::string& source);

}  // namespace ke
