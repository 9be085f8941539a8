// SPDX-License-Identifier: MIT
// Lambdas that a function gives a name.
#pragma once

#include "ke-build/search/syntax/lambda.h"

#include <optional>
#include <string>

namespace ke {

/// `const auto f = [&](float v) { ... };` and `std::function<float(float)> f = ...` of the same types;
/// nothing for other statements.
std::optional<Lambda> declared_lambda(const Unit& unit, const Stmt& declaration);

/// Do the names that the lambda has from around it mean in `rest`, the statements behind its declaration,
/// what they meant there, and have those that it copied kept their values?
bool means_the_same(const Lambda& lambda, const Stmts& rest, const Function& function,
                    const Symbols& symbols);

/// Functions and lambdas that change nothing; unlike functions that are pure, such lambdas may read memory.
std::set<std::string> reading_lambdas(const Unit& unit, const Function& function, const Symbols& symbols);

}  // namespace ke
