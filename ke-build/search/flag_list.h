// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace ke {

/// `flags` with `more` added: one flag per setting (a later -O3 replaces -O2), in an order that does not
/// depend on how they were collected, so that equal sets are equal candidates.
std::vector<std::string> merged_flags(const std::vector<std::string>& flags,
                                      const std::vector<std::string>& more);

}  // namespace ke
