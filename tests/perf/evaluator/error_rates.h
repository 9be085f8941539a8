// SPDX-License-Identifier: MIT
// How often the rule cries wolf, and how often it finds what is there. Samples are kept, so that the trials
// may be spread over many runs.
#pragma once

#include "ke-build/base/result.h"

#include <string>

namespace ke {

/// Compares for about `seconds` or until all trials are made, appending to a sample file below `state_dir`; a
/// kill loses at most the comparison that was running.
Result<> collect_comparisons(const std::string& state_dir, double seconds);

/// The tables of everything that was kept for this machine and this rule.
Result<std::string> error_rate_tables(const std::string& state_dir);

}  // namespace ke
