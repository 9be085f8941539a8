// SPDX-License-Identifier: MIT
// What the rewrites share: strip bounds, run-time overlap checks with a fall-back, and the helpers that they
// need.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// Puts `replacement` in the place of the site's loop. With `independence.unchecked` pairs the whole nest is
/// kept as a fall-back behind `if (ke_disjoint(...))`. Nothing when the check cannot be written or the result
/// does not parse.
std::optional<std::string> commit(const Site& site, const Stmts& replacement,
                                  const Independence& independence, const std::string& why);

/// Splits `for (v = lower; v < upper; ++v)` at a multiple of `width`: `const T v_tail = ...;`, the loop over
/// whole strips with `strip` as its body, and the remainder with the original body.
std::optional<Stmts> strip_mine(const Site& site, int width, Stmts strip);

/// `lower + (upper - lower) / width * width` in its shortest form.
Expr whole_strips(const Stmt& loop, int width);

/// `for (T lane = 0; lane < width; ++lane) body`
Stmt lane_loop(const std::string& type, const std::string& lane, Expr width, Stmts body);

/// The type of a loop variable, fit for a new declaration; "" when it is auto.
std::string counter_type(const Stmt& loop);

/// Adds a helper block behind the includes unless the text already has `marker`.
std::string with_preamble(const std::string& text, uint32_t at, const std::string& marker,
                          const std::string& block);

/// Replaces the uses of locals that hold a pointer or an index by what they hold, and drops their
/// declarations.
void inline_locals(Stmts& statements, const std::set<std::string>& names);

/// `*(x + i)`, `(x + i)[k]` and `(&x[i])[k]` as `x[i]` and `x[i + k]`.
void as_subscripts(Stmts& statements);

/// True when the edit is acceptable: not more syntax errors than before.
bool parses_as_well(const Unit& unit, const std::string& text);

std::string where(const Site& site);
/// Does the site's function read or write the name outside of the site's loop? Its declaration is no use.
bool used_outside(const Site& site, const std::string& name);
bool has_inner_loop(const Stmts& statements);
/// Is a loop in the statements left early (`break`)? Iterations side by side would all be left with the
/// first.
bool leaves_inner_loop(const Stmts& statements);
bool has_opaque(const Stmts& statements);

}  // namespace ke
