// SPDX-License-Identifier: MIT
// The policies without a model: yardsticks for the others, and what the model is checked against.
#include "ke-build/search/space/strategies.h"

#include <algorithm>
#include <cmath>

namespace ke {

// A steady-state genetic algorithm: two parents by rank, uniform crossover, one mutation now and then.
std::optional<Configuration> by_evolution(SpaceState& state) {
  constexpr size_t kPopulation = 20;
  constexpr double kMutation = 0.5;
  const auto& ranked = state.history.ranked();
  const size_t population = std::min(kPopulation, ranked.size());
  const auto parent = [&] {
    // The better of two: a tournament.
    const size_t rank = std::min(state.random.below(population), state.random.below(population));
    return state.history.told()[ranked[rank]].configuration;
  };
  const Configuration a = parent(), b = parent();
  if (const auto child = state.moves.crossover(a, b, kMutation)) return child;
  return state.moves.mutation(a, 2);
}

// Where the walk stands follows from the history alone: every answer is accepted or not by its own coin.
std::optional<Configuration> by_annealing(SpaceState& state) {
  constexpr double kHot = 0.15, kCooling = 0.985;  // losses in log cost that are likely accepted, per step
  constexpr size_t kReturn = 15;  // answers without progress after which the best is taken up again
  const auto& told = state.history.told();
  const Told* current = nullptr;
  size_t stale = 0;
  double temperature = kHot, best = 0;
  for (const Told& next : told) {
    temperature *= kCooling;
    ++stale;
    if (!next.succeeded) continue;
    if (!current || next.log_cost < best) {
      best = next.log_cost;
      stale = 0;
    }
    const double loss = current ? next.log_cost - current->log_cost : 0;
    if (loss <= 0 || Random(next.configuration).uniform() < std::exp(-loss / temperature)) current = &next;
  }
  if (stale >= kReturn) current = &state.history.best();
  const auto open = state.moves.beside(current->configuration);
  if (!open.empty()) return open[state.random.below(open.size())];
  return state.moves.mutation(current->configuration, 2);
}

}  // namespace ke
