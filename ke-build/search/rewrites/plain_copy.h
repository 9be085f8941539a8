// SPDX-License-Identifier: MIT
// The kernel as it was beside the rewritten one, under another name.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <optional>
#include <string>

namespace ke {

/// Definitions of `original` of the unit before all rewrites, and of those of its callees that are no longer
/// what they were, as <name>_plain; empty where they stand in `unit` already. Nothing when they cannot.
std::optional<std::string> plain_copy(const Unit& plain, const Unit& unit, const Function& original);

/// `if (condition)` the plain copy of `original` does it, with the parameters of `f`, which all have names.
std::string plain_when(const std::string& condition, const Function& f, const std::string& original);

/// Has every parameter of the function a name?
bool has_names(const Function& f);

}  // namespace ke
