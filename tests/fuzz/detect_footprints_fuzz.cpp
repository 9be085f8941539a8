// SPDX-License-Identifier: MIT
#include "ke-build/detect/binary.h"
#include "ke-build/detect/footprints.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// The checksum is made right, so that the reader behind it is reached.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string payload(reinterpret_cast<const char*>(data), size);
  const auto kept = ke::Footprints::parse(ke::sealed("ke detect footprints 1\n", payload));
  if (kept && !ke::Footprints::parse(kept->serialize())) __builtin_trap();
  return 0;
}
