// SPDX-License-Identifier: MIT
#include "ke-build/search/space/surrogate.h"

#include <algorithm>

namespace ke {

std::vector<float> features_of(const Space& space, const Levels& levels) {
  std::vector<float> features;
  const auto& parameters = space.parameters();
  for (size_t p = 0; p < levels.size(); ++p)
    features.push_back(static_cast<float>(parameters[p].place[levels[p]]));
  return features;
}

Surrogate Surrogate::fit(const Space& space, const History& history, Random& random,
                         const std::function<double(Configuration)>& expected) {
  Samples samples;
  const double worst = history.told()[history.ranked().back()].log_cost;
  for (const Told& told : history.told()) {
    const std::vector<float> features = features_of(space, space.levels(told.configuration));
    samples.width = features.size();
    samples.features.insert(samples.features.end(), features.begin(), features.end());
    const double log_cost = told.succeeded ? told.log_cost : worst;
    samples.targets.push_back(log_cost - (expected ? expected(told.configuration) : 0));
  }
  return {space, Forest::fit(samples, {}, random)};
}

Forest::Prediction Surrogate::predict(Configuration configuration) const {
  return forest_.predict(features_of(*space_, space_->levels(configuration)).data());
}

}  // namespace ke
