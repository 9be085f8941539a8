// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/detect/cache.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// The checksum is made right, so that the reader behind it is reached.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string payload(reinterpret_cast<const char*>(data), size);
  const auto cache = ke::DetectCache::parse("ke detect cache 3\n" + ke::sha256(payload) + payload);
  if (cache && cache->serialize().empty()) __builtin_trap();
  return 0;
}
