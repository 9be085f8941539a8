// SPDX-License-Identifier: MIT
#include "ke-build/search/space/surrogate.h"

#include <algorithm>
#include <numeric>

namespace ke {
namespace {

constexpr size_t kMostSamples = 250;                         // of a long history: the best and the latest
constexpr size_t kFirstSteps = 60, kSteps = 20, kEvery = 5;  // moves of the rates, and how often
constexpr double kFirstWork = 4e6;  // multiplications of a first fit, about two milliseconds

// A first fit to many samples has fewer moves, each of which is dear.
size_t first_steps(size_t samples) {
  const auto n = static_cast<double>(samples);
  const double one = n * n * n / 6 + 25 * n * n;
  return static_cast<size_t>(std::clamp(kFirstWork / one, 4.0, static_cast<double>(kFirstSteps)));
}

std::vector<size_t> chosen_samples(const History& history) {
  std::vector<size_t> chosen(history.size());
  std::iota(chosen.begin(), chosen.end(), 0);
  if (chosen.size() <= kMostSamples) return chosen;
  std::vector<char> keep(history.size(), 0);
  for (size_t i = 0; i < std::min(kMostSamples / 2, history.ranked().size()); ++i)
    keep[history.ranked()[i]] = 1;
  auto kept = static_cast<size_t>(std::count(keep.begin(), keep.end(), 1));
  for (size_t i = history.size(); i-- > 0 && kept < kMostSamples;) {
    if (keep[i] == 0) ++kept;
    keep[i] = 1;
  }
  std::erase_if(chosen, [&](size_t i) { return keep[i] == 0; });
  return chosen;
}

}  // namespace

std::vector<float> features_of(const Space& space, const Levels& levels) {
  std::vector<float> features;
  const auto& parameters = space.parameters();
  for (size_t p = 0; p < levels.size(); ++p) {
    const SpaceParameter& parameter = parameters[p];
    if (parameter.ordered || parameter.values.size() == 2) {
      features.push_back(static_cast<float>(parameter.place[levels[p]]));
      if (!parameter.twos.empty()) features.push_back(static_cast<float>(parameter.twos[levels[p]]));
      continue;
    }
    // Halves: two different words are one apart.
    for (uint32_t value = 0; value < parameter.values.size(); ++value)
      features.push_back(value == levels[p] ? 0.5f : 0.0f);
  }
  return features;
}

Surrogate Surrogate::fit(const Space& space, const History& history, Random& random, Rates& rates,
                         const std::function<double(Configuration)>& expected) {
  Samples samples;
  const double worst = history.told()[history.ranked().back()].log_cost;
  for (const size_t i : chosen_samples(history)) {
    const Told& told = history.told()[i];
    const std::vector<float> features = features_of(space, space.levels(told.configuration));
    samples.width = features.size();
    samples.features.insert(samples.features.end(), features.begin(), features.end());
    const double log_cost = told.succeeded ? told.log_cost : worst;
    samples.targets.push_back(log_cost - (expected ? expected(told.configuration) : 0));
  }
  const size_t steps = rates.rate.empty()             ? first_steps(samples.count())
                       : history.size() % kEvery == 0 ? kSteps
                                                      : 0;
  Surrogate surrogate(space, GaussianProcess::fit(samples, rates, static_cast<int>(steps), random));
  rates = surrogate.process_.rates();
  return surrogate;
}

Configuration Surrogate::most_promising(const std::vector<Configuration>& pool, double curiosity,
                                        const std::function<double(Configuration)>& base) const {
  struct Candidate {
    Configuration configuration;
    std::vector<float> features;
    double mean;
  };
  std::vector<Candidate> candidates;
  for (const Configuration configuration : pool) {
    std::vector<float> features = features_of(*space_, space_->levels(configuration));
    const double mean = process_.mean(features.data()) + (base ? base(configuration) : 0);
    candidates.push_back({configuration, std::move(features), mean});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.mean < b.mean; });
  const Candidate* chosen = nullptr;
  double least = 0;
  for (const Candidate& candidate : candidates) {
    // Spreads are dear: those that can't change the answer are not computed.
    if (chosen && candidate.mean - curiosity * process_.most_spread() >= least) break;
    const double bound =
        candidate.mean - (curiosity > 0 ? curiosity * process_.spread(candidate.features.data()) : 0);
    if (chosen && bound >= least) continue;
    chosen = &candidate;
    least = bound;
  }
  return chosen->configuration;
}

}  // namespace ke
