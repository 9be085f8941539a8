// SPDX-License-Identifier: MIT
// A function template with the types that its arguments have.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

/// `const std::vector<float>&` -> "std::vector<float>": without const at its front, references and spaces.
std::string type_without_reference(const std::string& type);

/// The function with its type parameters replaced by what the types of the arguments say (`types`: of names
/// where the call stands). Functions that are no templates as they are; nothing where a type stays unknown.
std::optional<Function> instantiated(const Function& f, const std::vector<Expr>& arguments,
                                     const std::map<std::string, std::string>& types);

}  // namespace ke
