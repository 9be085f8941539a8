// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/syntax/facts.h"

namespace ke {

/// Writes out loops of a few iterations, one by one; false where there are others, or too many statements.
bool unroll_channels(Stmts& list, const Symbols& symbols);

}  // namespace ke
