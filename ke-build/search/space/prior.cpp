// SPDX-License-Identifier: MIT
#include "ke-build/search/space/prior.h"

#include "ke-build/base/stats.h"
#include "ke-build/search/space/forest.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <unordered_map>

namespace ke {
namespace {

constexpr double kWorst = 2;  // opinions end here: how bad a bad configuration is says little about good ones

// Shared parameters: their places in both spaces, and the values of the target as levels of the past space.
struct Shared {
  std::vector<size_t> target, past;
  std::vector<std::vector<std::optional<uint32_t>>> level;  // [shared][target level]
  std::vector<std::vector<float>> ours, theirs;             // [shared][level]: the feature that both mean
  bool same = false;                                        // neither side has another parameter
};

// Numbers mean their size. Words mean themselves, in whatever order either side lists them: those of the
// target are numbered, and what only the past search had is another number.
void add_features(Shared& shared, const SpaceParameter& ours, const SpaceParameter& theirs) {
  auto& one = shared.ours.emplace_back();
  auto& other = shared.theirs.emplace_back();
  if (ours.ordered && theirs.ordered) {
    const bool by_quantity = !ours.quantity.empty() && !theirs.quantity.empty();
    const auto number = [&](const SpaceParameter& of, size_t level) {
      return static_cast<float>(by_quantity ? of.quantity[level]
                                            : std::strtod(of.values[level].c_str(), nullptr));
    };
    for (size_t i = 0; i < ours.values.size(); ++i) one.push_back(number(ours, i));
    for (size_t i = 0; i < theirs.values.size(); ++i) other.push_back(number(theirs, i));
    return;
  }
  for (size_t i = 0; i < ours.values.size(); ++i) one.push_back(static_cast<float>(i));
  for (const std::string& value : theirs.values) {
    const auto at = std::find(ours.values.begin(), ours.values.end(), value);
    other.push_back(static_cast<float>(at - ours.values.begin()));
  }
}

Shared shared_parameters(const Space& target, const Space& past) {
  Shared shared;
  const auto& ours = target.parameters();
  const auto& theirs = past.parameters();
  for (size_t t = 0; t < ours.size(); ++t) {
    const auto found = std::find_if(theirs.begin(), theirs.end(),
                                    [&](const SpaceParameter& other) { return other.name == ours[t].name; });
    if (found == theirs.end()) continue;
    shared.target.push_back(t);
    shared.past.push_back(static_cast<size_t>(found - theirs.begin()));
    add_features(shared, ours[t], *found);
    auto& levels = shared.level.emplace_back();
    for (const std::string& value : ours[t].values) {
      const auto at = std::find(found->values.begin(), found->values.end(), value);
      levels.push_back(at == found->values.end()
                           ? std::nullopt
                           : std::optional<uint32_t>(static_cast<uint32_t>(at - found->values.begin())));
    }
  }
  shared.same = shared.target.size() == ours.size() && ours.size() == theirs.size();
  return shared;
}

// log(cost / optimum), scaled so that the median is 1.
std::vector<double> standardised(const std::vector<double>& costs) {
  std::vector<double> logs;
  for (const double cost : costs) {
    if (cost > 0) logs.push_back(std::log(cost));
  }
  const double best = logs.empty() ? 0 : *std::min_element(logs.begin(), logs.end());
  const double scale = logs.empty() ? 1 : std::max(1e-3, median(logs) - best);
  std::vector<double> scaled;
  for (const double cost : costs)
    scaled.push_back(cost > 0 ? std::min(kWorst, (std::log(cost) - best) / scale) : kWorst);
  return scaled;
}

Forest forest_of(const PastSearch& past, const Shared& shared, const std::vector<double>& scaled,
                 Random& random) {
  constexpr size_t kMostSamples = 3000;  // more would cost seconds and change little
  Samples samples;
  samples.width = shared.past.size();
  std::vector<size_t> chosen(past.configurations.size());
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  for (size_t i = 0; i < std::min(kMostSamples, chosen.size()); ++i)
    std::swap(chosen[i], chosen[i + random.below(chosen.size() - i)]);
  chosen.resize(std::min(kMostSamples, chosen.size()));
  for (const size_t i : chosen) {
    for (size_t s = 0; s < shared.past.size(); ++s)
      samples.features.push_back(shared.theirs[s][past.configurations[i][shared.past[s]]]);
    samples.targets.push_back(scaled[i]);
  }
  return Forest::fit(samples, {20, 0.7, 1}, random);
}

Opinion opinion_of(const Space& target, const PastSearch& past, const Shared& shared, Random& random) {
  const std::vector<double> scaled = standardised(past.costs);
  const Forest forest = forest_of(past, shared, scaled, random);
  std::unordered_map<Configuration, size_t> measured;
  for (size_t i = 0; shared.same && i < past.configurations.size(); ++i)
    measured[past.space->code(past.configurations[i])] = i;
  Opinion opinion;
  std::vector<float> features(shared.target.size());
  for (const Configuration configuration : target.all()) {
    const Levels levels = target.levels(configuration);
    Levels theirs(shared.past.size());
    bool known = shared.same;
    for (size_t s = 0; s < shared.target.size(); ++s) {
      const uint32_t level = levels[shared.target[s]];
      features[s] = shared.ours[s][level];
      known = known && shared.level[s][level].has_value();
      if (known) theirs[shared.past[s]] = *shared.level[s][level];
    }
    const auto found = known ? measured.find(past.space->code(theirs)) : measured.end();
    opinion.push_back(found != measured.end() ? static_cast<float>(scaled[found->second])
                                              : static_cast<float>(forest.predict(features.data()).mean));
  }
  return opinion;
}

struct Source {
  const Space* space;
  bool kindred;
  Opinion opinion;
};

// One opinion per kernel: many devices of one kernel are not many witnesses for another kernel.
std::vector<Opinion> by_kernel(std::vector<Source> sources) {
  std::vector<Opinion> opinions;
  std::vector<char> counted(sources.size(), 0);
  for (size_t first = 0; first < sources.size(); ++first) {
    if (counted[first] != 0) continue;
    Opinion sum(sources[first].opinion.size(), 0);
    float count = 0;
    for (size_t other = first; other < sources.size(); ++other) {
      if (counted[other] != 0 || kinship(*sources[first].space, *sources[other].space) < kKindred) continue;
      counted[other] = 1;
      ++count;
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += sources[other].opinion[i];
    }
    for (float& value : sum) value /= count;
    opinions.push_back(std::move(sum));
  }
  return opinions;
}

}  // namespace

Prior Prior::learn(const Space& target, const std::vector<PastSearch>& past, uint64_t seed) {
  Prior prior;
  std::vector<Source> sources;
  for (size_t i = 0; i < past.size(); ++i) {
    const Shared shared = shared_parameters(target, *past[i].space);
    if (shared.target.empty() || past[i].configurations.empty()) continue;
    const bool kindred = kinship(target, *past[i].space) >= kKindred;
    prior.kindred_ = prior.kindred_ || kindred;
    Random random(seed + i);
    sources.push_back({past[i].space, kindred, opinion_of(target, past[i], shared, random)});
  }
  prior.sources_ = sources.size();
  if (prior.kindred_) {
    for (Source& source : sources) {
      if (source.kindred) prior.opinions_.push_back(std::move(source.opinion));
    }
  } else {
    prior.opinions_ = by_kernel(std::move(sources));
  }
  return prior;
}

}  // namespace ke
