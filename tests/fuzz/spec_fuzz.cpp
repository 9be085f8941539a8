// SPDX-License-Identifier: MIT
#include "ke-build/model/spec.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto op = ke::parse_spec(text, "fuzz.json")) {
    for (const ke::Workload& workload : op->workloads) {
      for (const ke::Argument& argument : op->arguments) {
        static_cast<void>(ke::element_count(argument, ke::axes_of(*op, workload)));
      }
    }
  }
  return 0;
}
