// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/synthesizer.h"

#include <memory>

namespace ke {

/// Source rewrites on the syntax tree: every single one that applies at the parent, and recipes of several.
std::unique_ptr<Synthesizer> make_synthesizer_rewrite();

}  // namespace ke
