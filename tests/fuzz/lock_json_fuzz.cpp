// SPDX-License-Identifier: MIT
// ke.lock.json comes from pull requests: whatever is read must be writable, and reads the same again.
#include "ke-ci/propose/lock.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto lock = ke::parse_lock(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!lock) return 0;
  const std::string text = ke::lock_text(*lock);
  const auto again = ke::parse_lock(text, "again");
  if (!again || ke::lock_text(*again) != text) std::abort();
  return 0;
}
