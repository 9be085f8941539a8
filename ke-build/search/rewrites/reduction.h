// SPDX-License-Identifier: MIT
// Statements that fold one more element into an accumulator: s += e, s = max(s, e), if (e > m) m = e.
#pragma once

#include "ke-build/search/syntax/stmt.h"

#include <string>

namespace ke {

enum class Reduction { add, greater, less };

struct Accumulator {
  std::string name, type;
  Reduction kind = Reduction::add;
  std::string index, index_type;  // argmax: the variable that remembers where
};

struct Match {
  Accumulator accumulator;
  Expr element;
  size_t uses = 0;  // of the accumulator in its own statement
};

/// `s += e`, `s = s + e`, `m = e > m ? e : m`, `m = std::max(m, e)`; `-=` has the element that is taken off.
bool match_assignment(const Stmt& s, Match& match);
/// `if (e > m) m = e;`, `if (e > m) { m = e; at = i; }` with an index made of `variable`.
bool match_branch(const Stmt& s, const std::string& variable, Match& match);

}  // namespace ke
