// SPDX-License-Identifier: MIT
// May the work of calls be written in front of the statement that holds them?
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <functional>

namespace ke {

enum class Order {
  fixed,     // something else in the statement could tell
  in_place,  // values may be written where the call stands
  reads,     // work that only reads may come first, too
  any        // the statement does nothing but take the value of one call
};

/// How far the calls that `is_call` picks may move within the statement's own expression.
Order order_of_calls(const Stmt& statement, const std::function<bool(const Expr&)>& is_call,
                     const std::set<std::string>& pure);

/// Names that stay what they are: nobody takes their address, refers to them or captures them.
bool is_never_handed_out(const Function& function, const std::string& name);

/// Is there another variable of the name somewhere in the function?
bool is_declared_again(const Function& function, const std::string& name);

}  // namespace ke
