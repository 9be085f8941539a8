// SPDX-License-Identifier: MIT
// The file is written by a process that runs the candidate.
#include "profilers/callgrind/callgrind_report.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto counts = ke::callgrind::parse_counts({reinterpret_cast<const char*>(data), size});
  if (!counts) return 0;
  for (size_t i = 1; i < counts->functions.size(); ++i) {
    if (counts->functions[i - 1].second < counts->functions[i].second) __builtin_trap();
  }
  return 0;
}
