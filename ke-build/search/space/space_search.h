// SPDX-License-Identifier: MIT
// Searching a tunable space with few evaluations: ask for a configuration, tell what it cost. The search of
// kernels uses it for tunables and flags, bench-search for recorded spaces.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/search/space/gaussian_process.h"
#include "ke-build/search/space/history.h"
#include "ke-build/search/space/prior.h"

#include <optional>
#include <string>

namespace ke {

/// How the next configuration is chosen once the initial design is known.
enum class SpacePolicy {
  model,         // moves around good configurations, filtered by a forest; with a prior also what it promises
  evolutionary,  // crossover and mutation of the best, no model
  annealing,     // a walk along neighbours that accepts ever fewer losses, no model
  random         // uniform without replacement
};
/// ERRORS: usage, with the nearest name.
Result<SpacePolicy> space_policy_named(const std::string& name);

struct SpaceSearchOptions {
  SpacePolicy policy = SpacePolicy::model;
  uint64_t seed = 0;
  const Prior* prior = nullptr;  // what earlier searches know; must outlive the search
  size_t initial = 8;            // answers before anything is concluded from them
};

class SpaceSearch {
 public:
  /// `space` must outlive the search. The same seed and the same answers give the same questions.
  SpaceSearch(const Space& space, const SpaceSearchOptions& options);

  /// The next configuration: legal, and never one that was told before. Nothing when none is left, or none
  /// was found in a space that is too large to be listed.
  std::optional<Configuration> ask();
  /// What a configuration cost (any positive unit); nothing: it failed. It need not be one that was asked
  /// for.
  void tell(Configuration configuration, std::optional<double> cost);

  const History& history() const { return history_; }

 private:
  const Space& space_;
  SpaceSearchOptions options_;
  History history_;
  Random random_;
  Rates rates_;
};

}  // namespace ke
