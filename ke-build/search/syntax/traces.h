// SPDX-License-Identifier: MIT
// Accesses traced back to their arrays, and how far they reach over the loops and tests around them.
#pragma once

#include "ke-build/search/syntax/conditions.h"
#include "ke-build/search/syntax/poly.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// An access traced back to the parameter or array that it belongs to.
struct Trace {
  std::string base;
  std::optional<Poly> index;  // in elements; nothing when it cannot be expressed
  bool write = false;
  bool known_base = true;          // false: a pointer that may point anywhere
  std::vector<const Stmt*> loops;  // around it, from the region's root inwards
  std::vector<Range> ranges;       // what the tests in front of it guarantee
};

/// Every access of the statements, resolved through pointers that are set once (`const float* row = x + i *
/// n`). The traces point into `statements`.
std::vector<Trace> traces_of(const Stmts& statements, const Symbols& symbols);

/// Does the expression stand for a table that a rewrite made (`(double*)ke_room(...)`)? Nothing else is
/// there.
bool is_own_room(const Expr& value);
/// Is the name a local that holds its elements itself (array, vector, table)? Pointers, references, views and
/// whatever is declared as auto may reach what another name reaches, too.
bool is_own_storage(const std::string& name, const Symbols& symbols);

/// What a loop variable is never below and never beyond: its first and last value, or where these are the
/// greater or lesser of several the one that stands. Loops that were split at `i_tail` are bounded by the
/// loop that they came from.
std::optional<Poly> first_value(const Stmt& loop, const Symbols& symbols);
std::optional<Poly> last_value(const Stmt& loop, const Symbols& symbols);

/// The extreme values of a form over the loops around the trace; nothing when it is not monotone in them.
std::optional<Poly> smallest(const Poly& form, const Trace& trace, const Symbols& symbols);
std::optional<Poly> largest(const Poly& form, const Trace& trace, const Symbols& symbols);

}  // namespace ke
