// SPDX-License-Identifier: MIT
// Reads arbitrary bytes as a kernel's source: nothing may crash, and what was read must print.
#include "ke-build/search/syntax/overlap.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto unit = ke::read_unit(text, "f", text);
  if (!unit) return 0;
  for (const ke::Function& function : unit->functions) {
    ke::Symbols symbols = ke::symbols_of(*unit, function);
    ke::to_text(function.body, 0);
    ke::traces_of(function.body, symbols);
  }
  ke::Sites sites(*unit, false);
  for (const ke::Site& site : sites.all()) {
    ke::Independence facts = ke::independence_of(site);
    if (facts.holds) ke::overlap_test(site, facts);
  }
  return 0;
}
