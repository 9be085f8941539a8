// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

namespace ke {

/// `flags` with `more` added: one flag per setting (a later -O3 replaces -O2), in an order that does not
/// depend on how they were collected, so that equal sets are equal candidates.
std::vector<std::string> merged_flags(const std::vector<std::string>& flags,
                                      const std::vector<std::string>& more);

/// Are there two that set the same thing, so that merged_flags() would keep only one of them?
bool exclude_each_other(const std::set<std::string>& flags);

}  // namespace ke
