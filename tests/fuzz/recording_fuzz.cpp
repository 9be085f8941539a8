// SPDX-License-Identifier: MIT
// Recorded spaces, gzip files and reference tables come from anywhere: reading them must be safe, and what
// was accepted must be consistent.
#include "ke-build/search/space/recording.h"
#include "ke-build/search/space/reference.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)ke::parse_reference(text, "reference.csv");
  const auto plain = ke::unzipped(text, "x.csv.gz", 1 << 20);
  const auto recording = ke::parse_recording(plain ? *plain : text, "x.csv");
  if (!recording) return 0;
  if (recording->optimum_ms <= 0 || recording->rows.size() != recording->time_ms.size()) std::abort();
  for (size_t i = 0; i < recording->rows.size(); ++i) {
    const auto found = recording->row_of.find(recording->space.code(recording->rows[i]));
    if (found == recording->row_of.end() || found->second != i) std::abort();
    if (!recording->space.contains(recording->rows[i])) std::abort();
  }
  return 0;
}
