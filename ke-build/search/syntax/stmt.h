// SPDX-License-Identifier: MIT
// Statements of a kernel as plain values. Loops that count upwards by a constant are understood; every other
// loop is `wild`: kept as it is, and a barrier for the analyses.
#pragma once

#include "ke-build/search/syntax/expr.h"

#include <functional>
#include <string>
#include <vector>

namespace ke {

struct Stmt {
  enum class Kind {
    block,       // { body }
    loop,        // for (type name = lower; name <text> upper; name += step) body
    wild,        // text is the header `while (...)`, `for (...)`, `do while (...)`; body
    declare,     // type name[dims] = init
    expression,  // value
    branch,      // if (value) body else otherwise
    jump,        // text: continue; break; return ...;
    comment,     // text
    pragma,      // text: a `#pragma GCC ...` line that belongs to the next loop
    opaque       // verbatim text
  };
  Kind kind = Kind::opaque;
  std::string text;
  std::string type, name;
  Expr lower, upper;         // loop
  int64_t step = 1;          // loop
  bool has_init = false;     // declare
  bool constructed = false;  // declare: `type name(arguments)`; value is a call whose callee is not printed
  Expr value;                // declare: initial value; expression; branch: condition
  std::vector<Expr> dims;    // declare: array sizes
  std::vector<Stmt> body, otherwise;
  uint32_t begin = 0, end = 0;  // byte range in the source; both 0 when generated
  int line = 0;

  bool is(Kind wanted) const { return kind == wanted; }
};
using Stmts = std::vector<Stmt>;

Stmt make_expression(Expr value);
Stmt make_declare(std::string type, std::string name, Expr init);
Stmt make_array(std::string type, std::string name, Expr size);
Stmt make_loop(std::string type, std::string name, Expr lower, Expr upper, int64_t step, Stmts body);
Stmt make_comment(std::string text);
Stmt make_pragma(std::string text);
Stmt make_branch(Expr condition, Stmts body, Stmts otherwise = {});

/// `#pragma GCC ivdep`, `#pragma GCC unroll 4`: these may stand before nothing but a loop.
bool is_loop_pragma(const std::string& text);
/// Is the first of them, apart from comments, a counted loop?
bool begins_with_loop(const Stmts& statements);

/// The first value that the loop variable no longer takes (`<=` turned into `<`).
Expr exclusive_upper(const Stmt& loop);

/// `indent` spaces before each line; ends with a newline.
std::string to_text(const Stmts& statements, int indent);

void walk(const Stmts& statements, const std::function<void(const Stmt&)>& visit);
/// Every expression of the statements, loop bounds and conditions included.
void walk_expressions(const Stmts& statements, const std::function<void(const Expr&)>& visit);
void substitute(Stmts& statements, const std::string& name, const Expr& replacement);
/// Renames a variable, its declaration included.
void rename(Stmts& statements, const std::string& from, const std::string& to);
bool mentions(const Stmts& statements, const std::string& name);
/// How often a variable stands in the expressions.
size_t uses_of(const Stmts& statements, const std::string& name);
bool mentions(const Stmt& statement, const std::string& name);

}  // namespace ke
