// SPDX-License-Identifier: MIT
// Warm start: the best lineages of earlier sessions on operators like this one, as skills that are tried
// early.
#pragma once

#include "ke-build/search/learned/move_model.h"

#include <string>
#include <vector>

namespace ke {

/// At most `limit` skills, most promising first: those in `known`, and the best lineage of every like session
/// with or without a confirmed winner. Elsewhere a lineage is replayed by the names of its actions; only a
/// session with this `op_hash` (same contract, source and recipe) also hands over its candidate as it is.
Result<std::vector<Skill>> precedents(Store& store, const std::vector<PastSession>& past,
                                      const LearnedTarget& target, const std::string& op_hash,
                                      const std::vector<Skill>& known, size_t limit);

}  // namespace ke
