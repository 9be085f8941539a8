// SPDX-License-Identifier: MIT
// Jumps in the middle of statements: `if (c) { a; continue; } b` as `if (c) { a; } else { b }`.
#pragma once

#include "ke-build/search/syntax/stmt.h"

#include <optional>
#include <string>

namespace ke {

/// Does `jump` ("continue" or "break") stand in the body of a loop or switch, outside of its inner loops?
/// Text that nobody reads counts where it has the word.
bool jumps(const Stmts& body, const std::string& jump);

/// Does no path through the statements reach their end? They all leave by `jump`, or otherwise.
bool never_ends(const Stmts& body, const std::string& jump);

/// The body of a loop ("continue") or of a case ("break") without these jumps. Nothing where something would
/// have to stand twice, or would see other names.
std::optional<Stmts> without_jumps(const Stmts& body, const std::string& jump);

/// The body of a function without a value whose `return;` are branches of it; nothing where loops leave
/// early, where it returns values, or where something in it is not read.
std::optional<Stmts> without_returns(const Stmts& body);

/// The condition negated.
Expr negated(const Expr& condition);

}  // namespace ke
