// SPDX-License-Identifier: MIT
#include "ke-build/project/ninja_manifest.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto load = [&](const std::string& name) -> ke::Result<std::string> {
    if (name.size() % 2) return ke::Error{ke::ErrorCode::not_found, name};
    return text.substr(text.size() / 2);
  };
  if (const auto manifest = ke::parse_manifest(text, "/build", load)) {
    for (uint32_t node = 0; node < manifest->paths.size(); ++node) {
      if (manifest->find(manifest->paths[node]) != node) __builtin_trap();
      static_cast<void>(manifest->producer(node));
    }
  }
  ke::NinjaManifest rules;
  ke::parse_make_rules(text, "/build", rules);
  return 0;
}
