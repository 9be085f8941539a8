// SPDX-License-Identifier: MIT
#include "ke-build/project/registrations.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto registrations = ke::parse_registrations({reinterpret_cast<const char*>(data), size}, "fuzz");
  for (size_t i = 0; registrations && i < registrations->size(); ++i) {
    if ((*registrations)[i].sources.empty()) __builtin_trap();
  }
  return 0;
}
