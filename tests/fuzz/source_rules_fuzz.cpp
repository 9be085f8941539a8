// SPDX-License-Identifier: MIT
// The text of a candidate, which anybody may have written: the rules for it, and what is read out of it about
// dispatch. A repository's own text is never an objection against itself.
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/source_rules.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string baseline = text.substr(0, size / 4);
  ke::Operator hosted, pure;
  pure.level = ke::Level::pure;
  pure.isa = ke::Isa::native;
  for (const ke::Operator* op : {&hosted, &pure}) {
    static_cast<void>(ke::illegal_source(*op, baseline, text));
    if (!ke::illegal_source(*op, text, text).empty()) __builtin_trap();
  }
  static_cast<void>(ke::asks_the_processor(text));
  static_cast<void>(ke::has_clones_macro(text));
  static_cast<void>(ke::hidden_variants(baseline, text));
  for (const std::string& isa : ke::variants_of("", text)) {
    const std::string rest = ke::without_variant(text, isa);
    if (ke::without_variant(rest, isa) != rest) __builtin_trap();
  }
  return 0;
}
