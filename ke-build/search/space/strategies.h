// SPDX-License-Identifier: MIT
// The policies of the space search, one function each: they see what was told and draw random numbers.
#pragma once

#include "ke-build/search/space/gaussian_process.h"
#include "ke-build/search/space/history.h"
#include "ke-build/search/space/moves.h"
#include "ke-build/search/space/prior.h"

namespace ke {

struct SpaceState {
  const Space& space;
  const History& history;  // at least one success
  Random& random;
  Rates& rates;  // of the surrogate, from question to question
  Moves moves;
};

std::optional<Configuration> by_model(SpaceState& state);
/// Nothing while the initial design (of `initial` answers) is the better choice.
std::optional<Configuration> by_prior(SpaceState& state, const Prior& prior, size_t initial);
std::optional<Configuration> by_evolution(SpaceState& state);
std::optional<Configuration> by_annealing(SpaceState& state);

}  // namespace ke
