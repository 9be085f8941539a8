// SPDX-License-Identifier: MIT
// What an algorithm is given to call: lambdas, std::plus<>(), functions of the file, std::ref(object), small
// structures with an operator().
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <functional>
#include <optional>
#include <set>
#include <string>

namespace ke {

struct FunctionObject {
  Stmts before;                   // declares what is called, where it has no name yet
  std::string callee, operation;  // one of them: `callee(a, b)` or `a operation b`
  bool unknown = false;           // may do what nobody sees
  std::set<std::string> writes;   // variables around it

  Expr applied(const std::vector<Expr>& arguments) const;
};

/// `types`: of the arguments; an operation must be done in their common type. Nothing where it is not clear
/// what is called, or where the algorithm's copy would be told from the original.
std::optional<FunctionObject> read_function_object(
    const Expr& given, const std::vector<std::string>& types, const Unit& unit, const Function& function,
    const Symbols& symbols, const std::function<std::string(const std::string&)>& fresh);

}  // namespace ke
