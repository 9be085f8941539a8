// SPDX-License-Identifier: MIT
#include "ke-build/search/space/space_search.h"

#include "ke-build/base/text.h"
#include "ke-build/search/space/strategies.h"

#include <algorithm>
#include <iterator>

namespace ke {
namespace {

constexpr const char* kNames[] = {"model", "evolutionary", "annealing", "random"};
constexpr int kDraws = 10;  // candidates for one place of the initial design

}  // namespace

Result<SpacePolicy> space_policy_named(const std::string& name) {
  const std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<SpacePolicy>(found - names.begin());
  return Error{ErrorCode::usage, "unknown policy '" + name + "'" + suggestion(name, names) + "; expected " +
                                     join_texts(names, ", ")};
}

SpaceSearch::SpaceSearch(const Space& space, const SpaceSearchOptions& options)
    : space_(space), options_(options), random_(options.seed) {}

void SpaceSearch::tell(Configuration configuration, std::optional<double> cost) {
  history_.add(configuration, cost);
}

std::optional<Configuration> SpaceSearch::ask() {
  SpaceState state{space_, history_, random_, rates_, Moves(space_, history_, random_)};
  const bool informed = options_.prior != nullptr && options_.prior->sources() > 0;
  std::optional<Configuration> chosen;
  if (options_.policy == SpacePolicy::random) return state.moves.anywhere();
  if (options_.policy == SpacePolicy::model && informed && options_.prior->kindred())
    chosen = by_prior(state, *options_.prior);
  if (chosen) return chosen;
  if (history_.size() < options_.initial || history_.ranked().empty()) return state.moves.apart(kDraws);
  switch (options_.policy) {
    case SpacePolicy::evolutionary:
      chosen = by_evolution(state);
      break;
    case SpacePolicy::annealing:
      chosen = by_annealing(state);
      break;
    default:
      chosen = informed ? by_hint(state, *options_.prior) : by_model(state);
  }
  return chosen ? chosen : state.moves.anywhere();
}

}  // namespace ke
