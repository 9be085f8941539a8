// SPDX-License-Identifier: MIT
// The policies of the space search, one function each: they see what was told and draw random numbers.
#pragma once

#include "ke-build/search/space/gaussian_process.h"
#include "ke-build/search/space/history.h"
#include "ke-build/search/space/moves.h"
#include "ke-build/search/space/prior.h"

#include <functional>

namespace ke {

struct SpaceState {
  const Space& space;
  const History& history;  // at least one success
  Random& random;
  Rates& rates;  // of the surrogate, from question to question
  Moves moves;
};

/// `expected`: a mean of the log cost that the model corrects, from elsewhere; empty: none.
std::optional<Configuration> by_model(SpaceState& state,
                                      const std::function<double(Configuration)>& expected = {});
/// From searches of the same kernel. REQUIRES: prior.kindred().
std::optional<Configuration> by_prior(SpaceState& state, const Prior& prior);
/// From searches of other kernels, once an initial design is known.
std::optional<Configuration> by_hint(SpaceState& state, const Prior& prior);
std::optional<Configuration> by_evolution(SpaceState& state);
std::optional<Configuration> by_annealing(SpaceState& state);

}  // namespace ke
