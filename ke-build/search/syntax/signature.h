// SPDX-License-Identifier: MIT
// What stands in front of a function's body.
#pragma once

#include "ke-build/search/syntax/cst.h"
#include "ke-build/search/syntax/unit.h"

#include <string>
#include <vector>

namespace ke::cst {

/// Finds `function_declarator` under pointer and reference declarators of the return type, which become the
/// suffix.
TSNode function_declarator(TSNode node, std::string& suffix);

void read_parameters(const Source& source, TSNode list, std::vector<Parameter>& parameters);

}  // namespace ke::cst
