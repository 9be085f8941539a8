// SPDX-License-Identifier: MIT
// Values that an inner loop works out (or gathers from afar) again for every iteration of an outer one: kept
// in a contiguous table in front of the outer loop. What is worth a table is the caller's question.
#pragma once

#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct Repeated {
  Expr use;                       // as the source says it
  Expr value;                     // the same of nothing but loop variables and steady names
  Expr fill;                      // the value, with kRemainder in place of the remainder
  std::vector<const Stmt*> over;  // the loops that it depends on, outermost first; empty: one value for all
  std::optional<Expr> remainder;  // `a % n`: the one thing that varies, in place of loops
  std::string remainder_type;
  std::string type;
  std::set<NamePair> unchecked;  // arrays that it is read from, and what the outer loop writes
};

struct Precomputation {
  /// Is the expression of a kind that is kept? `innermost`: the loop in which it is used.
  bool (*wanted)(const Repeated& found, const Stmt& innermost, const Site& outer);
  bool remainders;  // tables over `a % n`
  int iterations;   // of the outer loop, from which a table pays
  const char* why;  // goes on in the source: "... the loop over "
};

/// A sum, a quotient, a call or an integer: a product would be fused with the sum behind it by some machines,
/// and have other bits from a table.
bool rounds_by_itself(const Expr& value);

/// One result for each outer loop that has such values. Without `rules.heap` only what fits the stack is
/// kept.
std::vector<Rewritten> precompute(const Unit& unit, const RewriteRules& rules, const Precomputation& what);

/// "float", "double", "int" for other integers, or "" when unknown (overloads of C++, types of others).
std::string arithmetic_type(const Expr& e, const Symbols& symbols, bool cpp);

/// The very type of an integer expression, by the usual promotions and conversions; "" when unknown.
std::string integer_type(const Expr& e, const Symbols& symbols);

}  // namespace ke
