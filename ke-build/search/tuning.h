// SPDX-License-Identifier: MIT
// The tree decides which version of the source is worked on and what kind of step is due; when that step is a
// tunable or a flag set, the space search decides which configuration of that version is tried.
#pragma once

#include "ke-build/search/synthesizer.h"
#include "ke-build/search/tree.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// True for moves that leave the source alone and choose from what is declared: tunables and flag sets.
bool is_tuning(const Move& move);

struct TuningContext {
  const Operator& op;
  const Recipe& recipe;
  const Tree& tree;
  std::vector<int64_t> visible;          // nodes that the memory operator shows, ascending
  const std::set<std::string>& pending;  // candidate hashes that are already chosen
  uint64_t seed = 0;
};

/// A child of `node`: same source, and the tunables and flags that the space search asks for, given all
/// visible versions of the same source. Nothing while too few are known, or when nothing legal and new was
/// found.
std::optional<Suggestion> tune(const TuningContext& context, int64_t node);

}  // namespace ke
