// SPDX-License-Identifier: MIT
// What addr2line says names files as the candidate's debug information does, and the texts are the
// candidate's.
#include "ke-build/evaluate/coverage_lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string answer = text.substr(0, text.find('\0'));
  std::vector<ke::Block> blocks(1 + size % 64);
  ke::read_lines(answer, "source/k.cpp", blocks);
  std::set<int> changed;
  for (size_t i = 0; i < blocks.size(); ++i) {
    ke::Block& block = blocks[i];
    if (block.line % 3 != 0) changed.insert(block.line);
    block.address = i;
    block.entered = block.line % 2 == 0;
    block.program = i % 2;
    block.function = "_ZN" + answer.substr(0, i % 24);
  }
  const ke::Coverage coverage = ke::coverage_of_lines(blocks, changed, text);
  const bool whole = coverage.entered == coverage.blocks;
  if (coverage.entered > coverage.blocks || whole != coverage.uncovered.empty()) std::abort();
  return 0;
}
