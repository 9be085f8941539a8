// SPDX-License-Identifier: MIT
// The operators that a project declares, as ke_add_operator() recorded them in <build>/ke/operators.json.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <string>
#include <string_view>
#include <vector>

namespace ke {

std::string registrations_path(const std::string& build_dir);
/// ERRORS: usage, with file and JSON path.
Result<std::vector<Registration>> parse_registrations(std::string_view text, const std::string& origin);
/// ERRORS: usage also when the file is missing or declares nothing: says how to declare an operator.
Result<std::vector<Registration>> read_registrations(const std::string& build_dir);

}  // namespace ke
