// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// Sizes in (above, upto] run the kernel as it was; 0 and the largest number: no limit.
struct PlainSizes {
  std::vector<std::string> axes;  // parameters of the entry whose product is the size
  std::vector<std::pair<int64_t, int64_t>> ranges;
};

/// Lets the sizes on which a rewrite loses run the plain kernel. `plain` is the unit before all rewrites.
/// Nothing when the original cannot stand beside the entry.
std::optional<Rewritten> keep_sizes(const Unit& plain, const Unit& unit, const PlainSizes& sizes);

}  // namespace ke
