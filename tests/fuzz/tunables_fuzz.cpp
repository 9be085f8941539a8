// SPDX-License-Identifier: MIT
// Declarations of tunables may come from any repository's source: reading them is safe and ends, and what was
// accepted can be checked, repaired and put on a command line.
#include "ke-build/model/tunables.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  ke::Operator op;
  if (!ke::add_source_tunables(op, source, "k.cpp") || !ke::check_constraints(op)) return 0;
  for (const ke::Tunable& tunable : op.kernel.tunables) {
    for (const std::string& value : tunable.values) {
      if (value.find_first_of(" \t\n;'\"\\$`|&") != std::string::npos) std::abort();
      const auto legal = ke::nearest_legal(op, {{tunable.name, value}}, tunable.name);
      if (legal && (legal->at(tunable.name) != value || !ke::broken_constraint(op, *legal).empty()))
        std::abort();
    }
    (void)ke::reads_tunable(source, "", tunable.name);
  }
  if (!ke::broken_constraint(op, {}).empty()) std::abort();  // the defaults were checked
  return 0;
}
