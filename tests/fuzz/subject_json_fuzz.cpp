// SPDX-License-Identifier: MIT
// What an evaluation folder from another machine holds: subject.json, and the texts that the CPU backend
// reads beside it.
#include "backends/cpu/adapter.h"
#include "backends/cpu/build_errors.h"
#include "backends/cpu/toolchain.h"
#include "ke-build/evaluate/sanitize.h"
#include "ke-build/evaluate/subject_json.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto json = ke::parse_json(text, "fuzz")) static_cast<void>(ke::subject_from(*json, "fuzz"));
  static_cast<void>(ke::cpu::included_names(text, '<'));
  static_cast<void>(ke::cpu::make_dependencies(text));
  static_cast<void>(ke::cpu::first_errors(text));
  static_cast<void>(ke::kind_of_report(text));
  return 0;
}
