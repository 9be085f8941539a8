// SPDX-License-Identifier: MIT
// Crossover: a child of two nodes. It is the first one, with the moves that led to the second one done again
// on top.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/search/catalogue.h"

#include <optional>
#include <string>

namespace ke {

/// Of the moves that led to `other` since the last common ancestor those of kinds that `one` does not hold
/// yet; each is asked for again at `one`, so that it is applied where and as that source allows. With `some`
/// every move comes along with probability one half. Nothing when no move is left, when none of them could be
/// applied, or when the contract forbids the result. `label` names the occasion in the closing marker move.
std::optional<Suggestion> crossed(Catalogue& catalogue, const Tree& tree, int64_t one, int64_t other,
                                  bool some, const std::string& label, Random& random);

}  // namespace ke
