// SPDX-License-Identifier: MIT
// The source text of a precomputation.
#pragma once

#include "ke-build/search/rewrites/precompute.h"

namespace ke {

struct Precomputed {
  Stmts statements;  // in the place of the outer loop
  std::string why;
  bool needs_room = false;  // room_helper() must be in the file
};

Precomputed precomputed(const Site& outer, const std::vector<Repeated>& values, const RewriteRules& rules,
                        const Precomputation& what);

/// The helper that makes room for a table: on the stack of its caller or, with `heap`, allocated.
std::string room_helper(bool heap);

}  // namespace ke
