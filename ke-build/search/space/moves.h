// SPDX-License-Identifier: MIT
// Where untried configurations come from: the initial design, neighbours, mutations and crossovers. All of
// them legal and unknown to the history.
#pragma once

#include "ke-build/search/space/history.h"

namespace ke {

/// Distance on [0, number of parameters]: a different value counts one half, and more the further away it is.
double distance(const Space& space, const Levels& a, const Levels& b);

class Moves {
 public:
  Moves(const Space& space, const History& history, Random& random)
      : space_(space), history_(history), random_(random) {}

  /// Anywhere; exhaustive when the space is enumerated.
  std::optional<Configuration> anywhere();
  /// Far from everything that is known: the farthest of a few draws.
  std::optional<Configuration> apart(int draws);
  /// Untried configurations that have one other value of one parameter. Where that alone is not legal (a
  /// stride that only makes sense with a tile), one other parameter is changed, too, as little as possible.
  std::vector<Configuration> beside(Configuration configuration) const;
  /// Differs in up to `changes` parameters.
  std::optional<Configuration> mutation(Configuration configuration, int changes);
  /// Takes every parameter from one of two parents, and with probability `mutation` changes one.
  std::optional<Configuration> crossover(Configuration a, Configuration b, double mutation);

 private:
  Levels repaired(Levels levels, size_t kept) const;  // empty: one more change is not enough
  bool open(const Levels& levels) const {
    return space_.contains(levels) && !history_.knows(space_.code(levels));
  }
  const Space& space_;
  const History& history_;
  Random& random_;
};

}  // namespace ke
