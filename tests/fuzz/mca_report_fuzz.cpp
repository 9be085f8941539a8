// SPDX-License-Identifier: MIT
#include "profilers/mca/mca_report.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto report = ke::mca::parse_report({reinterpret_cast<const char*>(data), size});
  if (report && !(report->cycles > 0 && report->port_cycles >= 0)) __builtin_trap();
  return 0;
}
