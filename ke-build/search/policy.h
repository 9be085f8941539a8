// SPDX-License-Identifier: MIT
// Which node is expanded next, and with which of its options? Policies are rows of a table, not classes.
#pragma once

#include "ke-build/search/catalogue.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace ke {

/// What a policy looks at. `pending` are candidates that are already chosen but not evaluated; their lineages
/// carry virtual visits, so that a second choice looks elsewhere.
struct View {
  const Tree& tree;
  Catalogue& catalogue;
  Memory memory;
  std::set<std::string> pending;
  std::map<int64_t, int64_t> virtual_visits;
  Random* random = nullptr;  // of this choice; policies that draw need it

  bool untried(const Option& option) const;
};

struct Pick {
  int64_t node = 0;
  Option option;
};

/// Nothing when no node has an untried option.
using Policy = std::optional<Pick> (*)(View& view);

/// ERRORS: usage, with the nearest name.
Result<Policy> policy_named(const std::string& name);

/// The best untried option of the best node that has one: neighbourhood moves around the incumbent.
std::optional<Pick> greedy(View& view);
/// PUCT: descends from the root by best reward below plus a prior-weighted bonus for what was rarely visited.
std::optional<Pick> uct(View& view);
/// Any untried option of any correct node, all nodes alike: the control of ablations.
std::optional<Pick> random_walk(View& view);
/// The root's options by prior, one kind of move after the other, before any kind gets its second turn.
std::optional<Pick> draft(View& view);

}  // namespace ke
