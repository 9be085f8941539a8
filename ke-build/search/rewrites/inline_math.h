// SPDX-License-Identifier: MIT
// Arithmetic in the place of calls of exp, tanh, log, erf and erfc: see inline_math_text.h and the like.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <set>
#include <string>

namespace ke {

struct InlinedMath {
  std::string text;         // the source with its calls replaced; empty when nothing is called that could be
  std::string definitions;  // of what it calls now, for the place behind the includes
  std::string listed;       // "exp without calls"
  std::set<std::string> called;  // what the definitions may call for other types
};

/// Replaces calls whose type is known (`std::exp`, `expf`; in C also `exp`, where double has a text) in the
/// file's functions, and in copies of the helpers that they call in the project's headers.
InlinedMath inlined_math(const Unit& unit, const RewriteRules& rules);

}  // namespace ke
