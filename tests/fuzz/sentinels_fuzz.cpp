// SPDX-License-Identifier: MIT
// sentinels.jsonl lies in a folder that other programs can write.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/sentinel.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<ke::SentinelRecord> records;
  for (const std::string& line : ke::split(text, '\n')) {
    const auto record = ke::sentinel_from(line, "sentinels.jsonl");
    if (record) records.push_back(*record);
  }
  const ke::SentinelHistory history = ke::history_of(records);
  if (!(history.detectable >= 0) || history.alarms > history.measured) abort();
  return static_cast<int>(history.text().empty());
}
