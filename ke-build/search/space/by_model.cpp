// SPDX-License-Identifier: MIT
// Small budgets are won near the best configurations: their untried neighbours, steps of two changes and a
// few configurations from anywhere compete, and a model of what is known says which one is tried.
#include "ke-build/search/space/strategies.h"
#include "ke-build/search/space/surrogate.h"

#include <algorithm>

namespace ke {
namespace {

// Chosen on five recorded spaces (docs/measurements/search-recorded.md).
constexpr size_t kElites = 6;                 // whose neighbours compete
constexpr int kFarther = 60, kAnywhere = 40;  // more for the pool: two changes to the incumbent; anything
constexpr double kBlind = 0.05;               // share of steps that trust no model
constexpr int kCuriosities = 4;               // weights of the spread: 0, 1, 2, 3

std::vector<Configuration> pool_of(SpaceState& state) {
  std::vector<Configuration> pool;
  const auto& ranked = state.history.ranked();
  for (size_t i = 0; i < std::min(kElites, ranked.size()); ++i) {
    const auto beside = state.moves.beside(state.history.told()[ranked[i]].configuration);
    pool.insert(pool.end(), beside.begin(), beside.end());
  }
  const auto add = [&](std::optional<Configuration> more) {
    if (more) pool.push_back(*more);
  };
  const Configuration incumbent = state.history.best().configuration;
  for (int i = 0; i < kFarther; ++i) add(state.moves.mutation(incumbent, 2));
  for (int i = 0; i < kAnywhere; ++i) add(state.moves.anywhere());
  std::sort(pool.begin(), pool.end());
  pool.erase(std::unique(pool.begin(), pool.end()), pool.end());
  return pool;
}

}  // namespace

std::optional<Configuration> by_model(SpaceState& state,
                                      const std::function<double(Configuration)>& expected) {
  if (state.random.uniform() < kBlind) {
    const auto beside = state.moves.beside(state.history.best().configuration);
    if (!beside.empty()) return beside[state.random.below(beside.size())];
  }
  const std::vector<Configuration> pool = pool_of(state);
  if (pool.empty()) return std::nullopt;
  // With a mean from elsewhere the rest is smoother: its rates are not kept.
  Rates rest = state.rates;
  const Surrogate surrogate =
      Surrogate::fit(state.space, state.history, state.random, expected ? rest : state.rates, expected);
  // How much ignorance attracts changes from step to step: a fixed weight would be wrong for some space.
  return surrogate.most_promising(pool, static_cast<double>(state.random.below(kCuriosities)), expected);
}

}  // namespace ke
