// SPDX-License-Identifier: MIT
#include "ke-build/project/file_api.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto reply = ke::parse_json(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!reply) return 0;
  ke::CodeModel model;
  static_cast<void>(ke::parse_index(*reply, "fuzz", model));
  static_cast<void>(ke::parse_code_model(*reply, "fuzz", model));
  static_cast<void>(ke::parse_cmake_files(*reply, "fuzz", model));
  static_cast<void>(ke::parse_toolchains(*reply, "fuzz", model));
  if (const auto target = ke::parse_target(*reply, "fuzz", "/source", "/build")) {
    for (const ke::SourceEntry& source : target->sources) {
      if (source.group >= 0 && static_cast<size_t>(source.group) >= target->groups.size()) __builtin_trap();
    }
  }
  return 0;
}
