// SPDX-License-Identifier: MIT
#include "ke-build/base/process.h"
#include "ke-build/model/codec.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(ke::split_command(text));
  if (const auto json = ke::parse_json(text, "fuzz")) {
    static_cast<void>(ke::evaluation_from(*json, "fuzz"));
    static_cast<void>(ke::candidate_from(*json, "fuzz"));
    static_cast<void>(ke::recipe_from(*json, "fuzz"));
    static_cast<void>(ke::facts_from(*json, "fuzz"));
    static_cast<void>(ke::learned_note_from(*json, "fuzz"));
  }
  return 0;
}
