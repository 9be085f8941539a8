// SPDX-License-Identifier: MIT
// Expressions of a kernel as plain values: read from the syntax tree, changed by rewrites, printed back as
// text.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ke {

struct Expr {
  enum class Kind {
    name,         // text
    number,       // text; also true, false and character literals
    unary,        // text is the operator, one child; also ++x and *p
    postfix,      // x++
    binary,       // text is the operator, two children
    assign,       // =, +=, ...
    conditional,  // three children
    call,         // text is the callee (std::exp, static_cast<float>, v.size), children are the arguments
    subscript,    // base, index
    member,       // text is .field or ->field, one child
    cast,         // text is the type, one child
    group,        // parentheses of the source
    opaque        // verbatim text that nobody looks into
  };
  Kind kind = Kind::opaque;
  std::string text;
  std::vector<Expr> kids;

  static Expr name(std::string text) { return {Kind::name, std::move(text), {}}; }
  static Expr number(int64_t value);
  static Expr unary(std::string op, Expr operand) {
    return {Kind::unary, std::move(op), {std::move(operand)}};
  }
  static Expr binary(Expr left, std::string op, Expr right);
  static Expr assign(Expr left, std::string op, Expr right);
  static Expr subscript(Expr base, Expr index);
  static Expr call(std::string callee, std::vector<Expr> arguments);
  static Expr conditional(Expr condition, Expr yes, Expr no);

  bool is(Kind wanted) const { return kind == wanted; }
  bool is(Kind wanted, std::string_view wanted_text) const { return kind == wanted && text == wanted_text; }
};

/// C++ text; parentheses are added where precedence needs them, those of the source are kept.
std::string to_text(const Expr& expr);
bool same(const Expr& a, const Expr& b);

/// Removes the parentheses of the source around an expression.
const Expr& bare(const Expr& expr);

/// a + b and a - b with the trivial cases folded (x + 0, 2 + 3), so that printed bounds stay short.
Expr sum(Expr a, Expr b);
Expr difference(Expr a, Expr b);

/// Every identifier in the expression, callees and fields excluded; identifiers inside verbatim text
/// included.
std::set<std::string> names_in(const Expr& expr);
bool mentions(const Expr& expr, const std::string& name);
/// A letter, a digit or an underscore: what identifiers are made of.
bool is_word_character(char c);
/// Words of a text that look like identifiers.
std::set<std::string> identifiers(std::string_view text);

/// Calls `visit` for the expression and everything below it, parents first.
void walk(const Expr& expr, const std::function<void(const Expr&)>& visit);
/// Replaces every use of the name. Verbatim text is replaced word by word.
void substitute(Expr& expr, const std::string& name, const Expr& replacement);

}  // namespace ke
