// SPDX-License-Identifier: MIT
// A function as it is under another name, always inlined, and calls of it that know some arguments.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct Version {
  std::string condition;                      // when it may run; "": always
  std::map<std::string, std::string> values;  // of parameters, by their names
};

/// The text with `<name><suffix>` in front of the function, which chooses among the versions, the first whose
/// condition holds; none: the arguments as they come. Nothing where the head of the function cannot stand
/// twice.
std::optional<std::string> with_versions(const Unit& unit, const Function& f, const std::string& suffix,
                                         const std::string& comment, const std::vector<Version>& versions);

}  // namespace ke
