// SPDX-License-Identifier: MIT
// Applies every rewrite to arbitrary source texts: nothing may crash, and no result may have more syntax
// errors.
#include "ke-build/search/rewrites/rewrite.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 20000) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto unit = ke::read_unit(text, "f");
  if (!unit) return 0;
  ke::RewriteRules rules;
  rules.noalias = size % 2 == 0;
  rules.threads = 2;
  rules.sizes = {{{"n", 3}, {"cols", 16}}, {{"n", 5}}};
  for (const ke::Rewrite& rewrite : ke::rewrites())
    for (const ke::Rewritten& made : rewrite.apply(*unit, rules, rewrite.values[0]))
      if (ke::count_syntax_errors(made.source) > unit->errors) std::abort();
  return 0;
}
