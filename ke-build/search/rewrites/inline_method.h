// SPDX-License-Identifier: MIT
// A call of an object's function, written out over variables that stand for the object's fields.
#pragma once

#include "ke-build/search/syntax/classes.h"
#include "ke-build/search/syntax/facts.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace ke {

class MethodInliner {
 public:
  /// `fields`: the variable of each field. `fresh` makes names that nothing has.
  MethodInliner(const Class& owner, std::map<std::string, std::string> fields, const Symbols& symbols,
                std::function<std::string(const std::string&)> fresh);

  struct Inlined {
    Stmts before;
    std::optional<Expr> value;
  };

  /// Nothing where there is no such function (or several with as many parameters), or it is not understood.
  std::optional<Inlined> call(const std::string& method, const std::vector<Expr>& arguments, int depth = 0);
  /// `listed`: in braces, where fields of an aggregate that no argument is for begin at zero.
  std::optional<Stmts> construct(const std::vector<Expr>& arguments, bool listed);

 private:
  std::optional<Inlined> expand(const Method& method, Stmts body, const std::vector<Expr>& arguments,
                                int depth);
  bool bind(const Method& method, const std::vector<Expr>& arguments, Stmts& head, Stmts& body);
  bool rename_own(const Method& method, Stmts& body);
  bool rename_own_fields(const Method& method, Stmts& body) const;
  bool inline_own_calls(Stmts& body, int depth);
  bool is_hidden(const Method& method, const Stmts& body) const;
  const Method* find(const std::string& name, size_t arguments) const;

  const Class& owner_;
  const std::map<std::string, std::string> fields_;
  Symbols symbols_;  // and the types of what is made
  const std::function<std::string(const std::string&)> fresh_;
};

/// The calls in an expression replaced by `inlined`, which may put statements in front where `before` is
/// given.
using CallInliner = std::function<std::optional<Expr>(const Expr& call, Stmts* before)>;

/// Replaces what `is_call` picks, in the order of evaluation. Nothing when one of them cannot be.
std::optional<Expr> replace_calls(const Expr& e, const std::function<bool(const Expr&)>& is_call,
                                  const CallInliner& inlined, Stmts* before);

/// The same in statements: those that a call needs come in front of the one that holds it, where nothing else
/// in that one could tell. Nothing when a call stands where none may (`while`, a bound, one side of `&&`).
std::optional<Stmts> replace_calls(const Stmts& statements, const std::function<bool(const Expr&)>& is_call,
                                   const CallInliner& inlined);

}  // namespace ke
