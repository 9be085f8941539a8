// SPDX-License-Identifier: MIT
// Machine code of an object file, instruction by instruction, as objdump (GNU binutils) takes it apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

struct Instruction {
  size_t section = 0;  // which "Disassembly of section" it stands under
  uint64_t address = 0;
  std::string bytes;
  std::string text;  // `vmovups %ymm0,(%rdi)`
};

struct MachineCode {
  std::vector<std::string> sections;  // names, in the order of the file; names may repeat
  std::vector<Instruction> instructions;
};

/// The output of `objdump -d -w --insn-width=16`. What is no instruction is left out.
MachineCode parse_disassembly(std::string_view text);

/// The level of x86-64 (1 to 4, psABI) whose machines have this instruction; 5 for what no level promises,
/// such as AES. By its bytes; what is not known to be newer is 1.
int level_of_instruction(std::string_view bytes);

/// CPUID or XGETBV: asks the processor what it is.
bool asks_processor(std::string_view bytes);

/// A direct jump or call that lands inside of another instruction, which hides a third one from whoever reads
/// from the start; empty when there is none.
std::string hidden_landing(const MachineCode& code);

}  // namespace ke
