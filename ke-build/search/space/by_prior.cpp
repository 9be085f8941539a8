// SPDX-License-Identifier: MIT
// A search that knows earlier ones. Their opinions are weighted by how well they rank what was measured here;
// a model learns what they get wrong; and every other step ignores them, because the best configuration of
// an untypical device is one that all of them call bad.
#include "ke-build/search/space/strategies.h"
#include "ke-build/search/space/surrogate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ke {
namespace {

constexpr size_t kTrusting = 8;    // first answers, asked for by opinion alone
constexpr size_t kPromising = 60;  // of the pool: the best by opinion, from anywhere
constexpr int kTwoChanges = 40;    // of the pool: two changes to the incumbent
constexpr int kApart = 10;         // draws for a configuration far from all others
constexpr double kCredible = 0.7;  // agreement from which a search of another kernel is listened to

size_t index_of(const Space& space, Configuration configuration) {
  const auto& all = space.all();
  return static_cast<size_t>(std::lower_bound(all.begin(), all.end(), configuration) - all.begin());
}

// Share of pairs that the source ranks as they were measured (failures last), with a few pairs of doubt.
double agreement(const Space& space, const History& history, const std::vector<float>& opinion) {
  double concordant = 2, pairs = 3;
  const auto& told = history.told();
  std::vector<float> theirs;
  for (const Told& one : told) theirs.push_back(opinion[index_of(space, one.configuration)]);
  for (size_t i = 0; i < told.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!told[i].succeeded && !told[j].succeeded) continue;
      const bool both = told[i].succeeded && told[j].succeeded;
      const bool better = both ? told[i].log_cost < told[j].log_cost : told[i].succeeded;
      concordant += better == (theirs[i] < theirs[j]) ? 1 : 0;
      ++pairs;
    }
  }
  return concordant / pairs;
}

// The weighted opinion of every configuration of the space; `agreed`: the best agreement of a source.
std::vector<float> opinion_of(const SpaceState& state, const Prior& prior, double& agreed) {
  std::vector<float> total(state.space.all().size(), 0);
  double weights = 0;
  for (size_t s = 0; s < prior.sources(); ++s) {
    const double share = agreement(state.space, state.history, prior.opinion(s));
    const double agrees = std::max(0.0, 2 * share - 1);
    agreed = std::max(agreed, share);
    const double weight = 1e-3 + agrees * agrees * agrees;
    weights += weight;
    for (size_t i = 0; i < total.size(); ++i) total[i] += static_cast<float>(weight) * prior.opinion(s)[i];
  }
  for (float& value : total) value /= static_cast<float>(weights);
  return total;
}

// The untried configurations with the best opinions, best first.
std::vector<Configuration> promising(const SpaceState& state, const std::vector<float>& opinion) {
  std::vector<uint32_t> order(opinion.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t most = std::min(order.size(), kPromising + state.history.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
      [&](uint32_t a, uint32_t b) { return opinion[a] < opinion[b] || (opinion[a] == opinion[b] && a < b); });
  std::vector<Configuration> best;
  for (size_t i = 0; i < most && best.size() < kPromising; ++i) {
    const Configuration configuration = state.space.all()[order[i]];
    if (!state.history.knows(configuration)) best.push_back(configuration);
  }
  return best;
}

// log cost = offset + slope * opinion, a ridge around a slope that is typical where the median is 2-3 times
// slower.
struct Line {
  double offset = 0, slope = 1;
  static Line fit(const SpaceState& state, const std::vector<float>& opinion) {
    constexpr double kTypical = 1, kWeight = 1;
    double x_mean = 0, y_mean = 0, n = 0;
    const auto each = [&](auto body) {
      for (const Told& told : state.history.told()) {
        if (told.succeeded) body(opinion[index_of(state.space, told.configuration)], told.log_cost);
      }
    };
    each([&](double x, double y) { x_mean += x, y_mean += y, ++n; });
    x_mean /= n;
    y_mean /= n;
    double xx = kWeight, xy = kWeight * kTypical;
    each([&](double x, double y) { xx += (x - x_mean) * (x - x_mean), xy += (x - x_mean) * (y - y_mean); });
    const double slope = std::max(0.1, xy / xx);
    return {y_mean - slope * x_mean, slope};
  }
};

std::optional<Configuration> corrected(SpaceState& state, const std::vector<float>& opinion) {
  const Line line = Line::fit(state, opinion);
  const auto expected = [&](Configuration configuration) {
    return line.offset + line.slope * opinion[index_of(state.space, configuration)];
  };
  const Configuration incumbent = state.history.best().configuration;
  std::vector<Configuration> pool = promising(state, opinion);
  for (const Configuration neighbour : state.moves.beside(incumbent)) pool.push_back(neighbour);
  for (int i = 0; i < kTwoChanges; ++i) {
    if (const auto more = state.moves.mutation(incumbent, 2)) pool.push_back(*more);
  }
  Rates rates = state.rates;  // those of the log cost itself: the residual is smoother, its own are not kept
  const Surrogate residual = Surrogate::fit(state.space, state.history, state.random, rates, expected);
  if (pool.empty()) return std::nullopt;
  return residual.most_promising(pool, 0.5 * static_cast<double>(state.random.below(3)), expected);
}

}  // namespace

std::optional<Configuration> by_prior(SpaceState& state, const Prior& prior, size_t initial) {
  const size_t known = state.history.size();
  const bool successful = !state.history.ranked().empty();
  // Kindred searches are believed at once; others must first have ranked an initial design well.
  const bool trusting = prior.kindred() && known < kTrusting;
  const bool hedging = !trusting && known % 2 != 0;
  if (!prior.kindred() && known < initial) return std::nullopt;
  if (hedging && successful) return by_model(state);
  if (hedging) return state.moves.apart(kApart);
  double agreed = 0;
  const std::vector<float> opinion = opinion_of(state, prior, agreed);
  if (!prior.kindred() && agreed < kCredible) return successful ? by_model(state) : std::nullopt;
  if (successful && !trusting) return corrected(state, opinion);
  const auto best = promising(state, opinion);
  if (best.empty()) return std::nullopt;
  return best.front();
}

}  // namespace ke
