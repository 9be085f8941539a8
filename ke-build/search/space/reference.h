// SPDX-License-Identifier: MIT
// What another tuner reached on the same recorded spaces, as CSV with the columns space, strategy,
// max_fevals, runs, n, mean_best_ms, mean_quality, p10_quality, p90_quality, p_score.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ke {

struct ReferenceScore {
  double quality = 0, p_score = 0;
};

struct ReferenceTable {
  using BySpace = std::map<std::string, ReferenceScore>;
  /// (budget, strategy) -> space -> score. Only runs that were given the very budget (max_fevals == n).
  std::map<std::pair<int64_t, std::string>, BySpace> scores;
};

/// ERRORS: usage, with `origin:line`.
Result<ReferenceTable> parse_reference(std::string_view text, const std::string& origin);

}  // namespace ke
