// SPDX-License-Identifier: MIT
// Loops that do nothing but add to one target, and what they add as a form over elements of arrays.
#pragma once

#include "ke-build/search/templates/nest.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// The chain of loops that do nothing but `target += value`.
struct SummingLoops {
  std::vector<const Stmt*> loops;
  std::map<std::string, Expr> locals;  // values of the constants declared on the way
  std::vector<Poly> forms;             // a term counts where all of them are >= 0
  Expr target, value;                  // locals are written out in the value
  bool subtract = false, found = false;
};

/// Nothing when a statement in the loops does anything else.
std::optional<SummingLoops> read_summing_loops(const Stmt& loop, const Symbols& symbols);

/// factor * form(@0, @1): the names stand for the elements, @e0, @e1, ... for what no loop changes.
struct SummedForm {
  std::vector<Element> elements;  // one or two
  std::vector<std::string> extras;
  Expr form;
  std::optional<Expr> factor;  // what no loop changes
  bool product = true;         // zero when either element is
};

/// Nothing when the value is no sum, difference and product of one or two elements. `changing`: names whose
/// values the loops change; `type`: of the sum.
std::optional<SummedForm> read_summed_form(const Expr& value, const Symbols& symbols,
                                           const std::set<std::string>& changing, const std::string& type);

}  // namespace ke
