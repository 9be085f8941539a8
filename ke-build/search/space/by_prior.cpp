// SPDX-License-Identifier: MIT
// A search that knows earlier ones. Their opinions are weighted by how well they rank what was measured here;
// a model learns what they get wrong; and every other step ignores them, because the best configuration of
// an untypical device is one that all of them call bad.
#include "ke-build/search/space/opinions.h"
#include "ke-build/search/space/strategies.h"
#include "ke-build/search/space/surrogate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ke {
namespace {

constexpr size_t kTrusting = 8;      // first answers, asked for by opinion alone
constexpr size_t kPromising = 60;    // of the pool: the best by opinion, from anywhere
constexpr int kTwoChanges = 40;      // of the pool: two changes to the incumbent
constexpr int kApart = 10;           // draws for a configuration far from all others
constexpr double kTypicalSlope = 1;  // where the median is two or three times slower than the best

// Share of pairs that the source ranks as they were measured, with a few pairs of doubt.
double agreement(const SpaceState& state, const Opinion& opinion) {
  const Concordance pairs = concordance(state.space, state.history, opinion);
  return (2 + pairs.agree) / (3 + pairs.agree + pairs.disagree);
}

// The weighted opinion of every configuration of the space.
Opinion united(const SpaceState& state, const Prior& prior) {
  Opinion total(state.space.all().size(), 0);
  double weights = 0;
  for (const Opinion& opinion : prior.opinions()) {
    const double agrees = std::max(0.0, 2 * agreement(state, opinion) - 1);
    const double weight = 1e-3 + agrees * agrees * agrees;
    weights += weight;
    for (size_t i = 0; i < total.size(); ++i) total[i] += static_cast<float>(weight) * opinion[i];
  }
  for (float& value : total) value /= static_cast<float>(weights);
  return total;
}

// The untried configurations with the best opinions, best first.
std::vector<Configuration> promising(const SpaceState& state, const Opinion& opinion) {
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

std::optional<Configuration> corrected(SpaceState& state, const Opinion& opinion) {
  const auto expected = fitted(state.space, state.history, opinion, kTypicalSlope, 1);
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

std::optional<Configuration> by_prior(SpaceState& state, const Prior& prior) {
  const size_t known = state.history.size();
  const bool successful = !state.history.ranked().empty();
  const bool trusting = known < kTrusting;
  if (!trusting && known % 2 != 0) return successful ? by_model(state) : state.moves.apart(kApart);
  const Opinion opinion = united(state, prior);
  if (successful && !trusting) return corrected(state, opinion);
  const auto best = promising(state, opinion);
  if (best.empty()) return std::nullopt;
  return best.front();
}

}  // namespace ke
