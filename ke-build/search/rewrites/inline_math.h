// SPDX-License-Identifier: MIT
// Arithmetic in the place of calls of exp and tanh: see inline_math_text.h.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <string>

namespace ke {

struct InlinedMath {
  std::string text;         // the source with its calls replaced; empty when nothing is called that could be
  std::string definitions;  // of what it calls now, for the place behind the includes
  std::string listed;       // "exp without calls"
};

/// Replaces calls whose type is known (`std::exp`, `expf`; in C also `exp`) in the file's functions, and in
/// copies of the helpers that they call in the project's headers.
InlinedMath inlined_math(const Unit& unit, const RewriteRules& rules);

}  // namespace ke
