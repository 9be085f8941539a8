// SPDX-License-Identifier: MIT
#include "profilers/perf/perf_report.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto shares = ke::perf::parse_topdown({reinterpret_cast<const char*>(data), size});
  if (!shares) return 0;
  for (const auto& [name, share] : *shares) {
    if (!(share >= 0 && share <= 1)) __builtin_trap();
  }
  return 0;
}
