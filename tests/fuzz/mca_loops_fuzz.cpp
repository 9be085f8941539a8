// SPDX-License-Identifier: MIT
// The disassembly of code that an adversary wrote.
#include "profilers/mca/loops.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const ke::mca::Loop& loop : ke::mca::innermost_loops({reinterpret_cast<const char*>(data), size}, 4)) {
    if (loop.body.empty() || loop.body.back().target != loop.body.front().address) __builtin_trap();
    if (ke::mca::assembly_of(loop).empty()) __builtin_trap();
  }
  return 0;
}
