// SPDX-License-Identifier: MIT
// What objdump says names files and symbols as the candidate does, and the texts are the candidate's.
#include "ke-build/evaluate/coverage_lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string code = text.substr(0, text.find('\0'));
  std::vector<ke::Block> blocks = ke::traced_blocks(code, "/s/source/k.cpp");
  for (size_t i = 0; i < blocks.size(); ++i) {
    blocks[i].entered = (size >> (i % 7)) % 2 == 0;
    blocks[i].program = i % 2;
  }
  const std::set<int> changed = ke::changed_lines(code, text);
  const ke::Coverage coverage = ke::coverage_of_lines(blocks, changed, text);
  (void)ke::renumbers_lines(text);
  const bool whole = coverage.run == coverage.lines;
  if (coverage.run > coverage.lines || whole != coverage.uncovered.empty()) std::abort();
  return 0;
}
