// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/machine_code.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ke::MachineCode code = ke::parse_disassembly(text);
  for (const ke::Instruction& one : code.instructions) {
    const int level = ke::level_of_instruction(one.bytes);
    if (level < 1 || level > 5 || one.section >= code.sections.size() || one.bytes.empty()) __builtin_trap();
    (void)ke::asks_processor(one.bytes);
  }
  (void)ke::hidden_landing(code);
  (void)ke::level_of_instruction(text);
  return 0;
}
