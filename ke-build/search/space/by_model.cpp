// SPDX-License-Identifier: MIT
// Small budgets are won near the incumbent: its untried neighbours, some steps of two changes and a few
// configurations from anywhere compete, and a forest over what is known says which one is tried.
#include "ke-build/search/space/strategies.h"
#include "ke-build/search/space/surrogate.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int kFarther = 60, kAnywhere = 40;  // of the pool: two changes; anything
constexpr double kBlind = 0.05;               // share of steps that trust no model

}  // namespace

std::optional<Configuration> by_model(SpaceState& state) {
  const Configuration incumbent = state.history.best().configuration;
  std::vector<Configuration> pool = state.moves.beside(incumbent);
  if (!pool.empty() && state.random.uniform() < kBlind) return pool[state.random.below(pool.size())];
  const auto add = [&](std::optional<Configuration> more) {
    if (more) pool.push_back(*more);
  };
  for (int i = 0; i < kFarther; ++i) add(state.moves.mutation(incumbent, 2));
  for (int i = 0; i < kAnywhere; ++i) add(state.moves.anywhere());
  if (pool.empty()) return std::nullopt;
  const Surrogate surrogate = Surrogate::fit(state.space, state.history, state.random, state.rates);
  // How much ignorance attracts changes from step to step: a fixed weight would be wrong for some space.
  return surrogate.most_promising(pool, static_cast<double>(state.random.below(3)));
}

}  // namespace ke
