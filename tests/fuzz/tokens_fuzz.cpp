// SPDX-License-Identifier: MIT
#include "ke-build/detect/cmake_changes.h"
#include "ke-build/detect/describe.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/scan.h"
#include "ke-build/detect/summary.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// The first half is compared with the second; equal tokens must mean equal summaries.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string first = text.substr(0, size / 2), second = text.substr(size / 2);
  const ke::FileSummary summary = ke::summarize(first);
  if (summary.token_hash != ke::token_hash(first)) __builtin_trap();
  const ke::TextChange change = ke::compare_texts(first, second);
  if (change.same_tokens != (summary.token_hash == ke::token_hash(second))) __builtin_trap();
  if (!change.same_tokens && change.items.empty()) __builtin_trap();
  static_cast<void>(ke::canonical_cmake(text));
  static_cast<void>(ke::parse_depfile(text));
  return 0;
}
