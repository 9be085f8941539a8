// SPDX-License-Identifier: MIT
// A SKILL.md may come from any repository: reading it must be safe, and what was accepted must survive
// writing.
#include "ke-build/learn/learn.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto skill = ke::parse_skill(text, "SKILL.md");
  if (skill) {
    const auto again = ke::parse_skill(ke::skill_text(*skill), "SKILL.md");
    // Writing may make a text longer than the limits (escapes), but never turn it into another skill.
    if (again && (again->name != skill->name || again->actions != skill->actions)) std::abort();
  }
  ke::Operator op;
  op.kernel.entry = "f";
  (void)ke::features_of(op, text);
  return 0;
}
