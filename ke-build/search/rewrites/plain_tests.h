// SPDX-License-Identifier: MIT
// Which conditions may be tested earlier or more often than the source says, and what must not stand twice.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

namespace ke {

/// Does the text or a header define what `==` and `!=` do?
bool overloads_equality(const Unit& unit, const RewriteRules& rules);

/// May the value be read again, right behind the first time, and compared with a constant? Nothing happens
/// by it, and nobody else changes it.
bool may_be_tested_again(const Expr& value, const Unit& unit, const RewriteRules& rules,
                         const Symbols& symbols);

/// Does the function have labels, or jump to them?
bool has_labels(const Function& function);

/// May the statements stand in a function twice? Not with labels, variables that outlive a call, and lines of
/// the preprocessor.
bool may_be_copied(const Stmts& statements);

}  // namespace ke
