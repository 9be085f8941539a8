// SPDX-License-Identifier: MIT
// ceilings.json lies in a folder that other programs can write.
#include "ke-build/base/json.h"
#include "ke-build/evaluate/ceilings.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ke::parse_json({reinterpret_cast<const char*>(data), size}, "ceilings.json");
  if (!json) return 0;
  const auto ceilings = ke::ceilings_from(*json, "ceilings.json");
  if (!ceilings) return 0;
  ke::bandwidth_for(*ceilings, 1e6, 2, "L3");
  ke::peak_for(*ceilings, ke::Dtype::f32, 1);
  return 0;
}
