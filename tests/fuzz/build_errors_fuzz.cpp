// SPDX-License-Identifier: MIT
#include "backends/cpu/build_errors.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string said = ke::cpu::first_errors({reinterpret_cast<const char*>(data), size});
  constexpr size_t kMost = 3 * 301;
  const bool control = std::any_of(said.begin(), said.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  });
  if (said.size() > kMost || control) __builtin_trap();
  return 0;
}
