// SPDX-License-Identifier: MIT
// Statements in which the outcome of a test is known.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <optional>
#include <vector>

namespace ke {

/// `test` holds, or does not. Of equalities both spellings count: `a == b`, `b != a`.
struct Decided {
  Expr test;
  bool holds = false;
};

/// What the expression, one side of an equality or not, comes to.
std::optional<bool> outcome_of(const Expr& e, const std::vector<Decided>& decided);

/// Tests that are decided go, and the side of a branch that is never taken with them.
Stmts with_decided(const Stmts& statements, const std::vector<Decided>& decided, const Symbols& symbols);

/// Drops local numbers that are computed for nothing.
void drop_unread(Stmts& statements, const Symbols& symbols);

}  // namespace ke
