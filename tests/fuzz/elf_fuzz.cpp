// SPDX-License-Identifier: MIT
// Programs that the gate compares come from a build that nobody vouches for.
#include "ke-build/base/elf.h"
#include "ke-build/evaluate/purity.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  (void)ke::loaded_sections(file, "fuzz");
  (void)ke::shared_symbols(file, "fuzz");
  if (const auto image = ke::read_elf(file, "fuzz")) (void)ke::impurity_of(*image);
  return 0;
}
