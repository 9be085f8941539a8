// SPDX-License-Identifier: MIT
// Functions and variables of libraries that a candidate may not need.
#pragma once

#include <string>

namespace ke {

/// Why a kernel that needs `name`, a symbol that another object defines, is refused where the baseline does
/// without it; empty where it is not.
std::string objection_to_need(const std::string& name);

}  // namespace ke
