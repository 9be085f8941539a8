// SPDX-License-Identifier: MIT
#include "ke-build/detect/ninja_deps.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto deps = ke::NinjaDeps::parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!deps) return 0;
  size_t bytes = 0;
  for (const auto& record : deps->records()) {
    bytes += deps->path(record.output).size();
    for (const uint32_t input : record.inputs) bytes += deps->path(input).size();
  }
  return bytes == SIZE_MAX;
}
