// SPDX-License-Identifier: MIT
// What objdump says about an object whose text and bytes a candidate chose.
#include "ke-build/evaluate/machine_code.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ke::MachineCode code = ke::parse_disassembly(text);
  for (const ke::Instruction& instruction : code.instructions) {
    const int level = ke::level_of_instruction(instruction.bytes);
    if (level < 1 || level > 5 || instruction.section > code.sections.size()) __builtin_trap();
    static_cast<void>(ke::asks_processor(instruction.bytes));
  }
  static_cast<void>(ke::hidden_landing(code));
  static_cast<void>(ke::level_of_instruction(text));
  return 0;
}
