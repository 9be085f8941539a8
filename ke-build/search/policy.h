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
/// carry virtual visits, so that a second choice looks elsewhere. A policy may narrow `memory` to what it
/// really looked at; that is what is recorded.
struct View {
  const Tree& tree;
  Catalogue& catalogue;
  Memory memory;
  std::set<std::string> pending;
  std::map<int64_t, int64_t> virtual_visits;
  Random* random = nullptr;  // of this choice; policies that draw need it, and may draw from nothing else
  int64_t step = 0;          // logical step that the choice is for

  bool untried(const Option& option) const { return untried(option.hash); }
  bool untried(const std::string& hash) const {
    return !tree.knows(hash) && pending.count(hash) == 0 && !catalogue.excluded(hash);
  }
};

struct Pick {
  int64_t node = 0;
  Option option;
  std::optional<Suggestion> made = {};  // the complete candidate, where it is not one of the node's options
};

/// Nothing when no node has an untried option. Derived from the view alone, so that a search that was resumed
/// goes on like one that never stopped.
using Policy = std::optional<Pick> (*)(View& view);

/// How often an expansion sees what, of those that are not clean: the rest is combine_both.
struct MemoryShares {
  double inherit_parent = 0.25, compare_siblings = 0.25;
};

struct PolicyRow {
  const char* name;
  Policy choose;
  MemoryShares memories;
  bool follows = true;  // steps of the draft may go on from the best candidate; islands want founders
};

/// ERRORS: usage, with the nearest name.
Result<PolicyRow> policy_named(const std::string& name);

/// The best untried option of the best node that has one: neighbourhood moves around the incumbent.
std::optional<Pick> greedy(View& view);
/// PUCT: descends from the root by best reward below plus a prior-weighted bonus for what was rarely visited.
std::optional<Pick> uct(View& view);
/// Islands that evolve apart and exchange moves now and then (evolutionary.cpp).
std::optional<Pick> evolutionary(View& view);
/// Any untried option of any correct node, all nodes alike: the control of ablations.
std::optional<Pick> random_walk(View& view);
/// The root's options by prior, one kind of move after the other, before any kind gets its second turn.
std::optional<Pick> draft(View& view);

}  // namespace ke
