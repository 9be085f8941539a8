// SPDX-License-Identifier: MIT
// Loops that count downwards and `do` loops, for count_loops.
#pragma once

#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <string>

namespace ke {

struct LoopHeader {
  std::string init, test, update;  // of `while`: the test alone
};

/// The parts of `while (test)` and `for (init; test; update)`; of `for (v : x)` the init is `v : x`.
std::optional<LoopHeader> header_of(const std::string& text);

/// The step of `++v`, `v++`, `v += 2` (`op` "+") or `--v`, `v--`, `v -= 2` ("-").
std::optional<int64_t> step_of(const Expr& change, const std::string& name, const char* op);

/// Is the name spelled where only text is kept (`return i;`, the header of an inner loop)?
bool is_in_text(const Stmts& statements, const std::string& name);

/// Is the name handed to a function that might change it through a reference?
bool is_handed_on(const Stmts& statements, const std::string& name, const Symbols& symbols);

/// Does anything read the name after the site's loop has ended?
bool is_read_later(const Site& site, const std::string& name);

/// Is it a variable of the body around the site's loop that nothing behind the loop looks at?
bool dies_with_iteration(const Site& site, const std::string& name);

/// A counter that falls by one: the value that the body sees first, the one that it sees last, and how often
/// it runs (0 or less: never).
struct Falling {
  std::string name, type;
  Expr first, last, count;
  Stmts before = {};  // declares `first` where the source converts it to the counter's type
};

/// `for (T i = n - 1; i >= 0; --i)`, `for (i = n; i-- > 0;)` and their relatives. Nothing when it is no such
/// loop, or the counter is needed behind it.
std::optional<Falling> falling_header(const Site& site);

/// The file with the site's loop counted upwards: over the same values where no iteration waits for another
/// one (or a test at run time says so), else in the order of the source. `body` sees the counter of
/// `falling`; `after` follows the loop.
std::optional<std::string> count_up_instead(const Site& site, const Falling& falling, const Stmts& body,
                                            const Stmts& after);

}  // namespace ke
