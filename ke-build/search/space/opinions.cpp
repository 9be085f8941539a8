// SPDX-License-Identifier: MIT
#include "ke-build/search/space/opinions.h"

#include <algorithm>
#include <cmath>

namespace ke {

double said_of(const Space& space, const Opinion& opinion, Configuration configuration) {
  const auto& all = space.all();
  return opinion[static_cast<size_t>(std::lower_bound(all.begin(), all.end(), configuration) - all.begin())];
}

Concordance concordance(const Space& space, const History& history, const Opinion& opinion) {
  Concordance counts;
  const auto& told = history.told();
  std::vector<double> said;
  for (const Told& one : told) said.push_back(said_of(space, opinion, one.configuration));
  for (size_t i = 0; i < told.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!told[i].succeeded && !told[j].succeeded) continue;
      const bool both = told[i].succeeded && told[j].succeeded;
      if (said[i] == said[j] || (both && told[i].log_cost == told[j].log_cost)) continue;
      const bool better = both ? told[i].log_cost < told[j].log_cost : told[i].succeeded;
      (better == (said[i] < said[j]) ? counts.agree : counts.disagree) += 1;
    }
  }
  return counts;
}

double surprise(const Concordance& counts, size_t answers) {
  const auto n = static_cast<double>(answers);
  const double variance = n * (n - 1) * (2 * n + 5) / 18;
  return variance > 0 ? (counts.agree - counts.disagree) / std::sqrt(variance) : 0;
}

std::function<double(Configuration)> fitted(const Space& space, const History& history,
                                            const Opinion& opinion, double typical, double ridge) {
  double x_mean = 0, y_mean = 0, n = 0;
  const auto each = [&](auto body) {
    for (const Told& told : history.told()) {
      if (told.succeeded) body(said_of(space, opinion, told.configuration), told.log_cost);
    }
  };
  each([&](double x, double y) { x_mean += x, y_mean += y, ++n; });
  x_mean /= n;
  y_mean /= n;
  double xx = ridge, xy = ridge * typical;
  each([&](double x, double y) { xx += (x - x_mean) * (x - x_mean), xy += (x - x_mean) * (y - y_mean); });
  const double slope = std::max(0.0, xy / xx);
  return [&space, &opinion, slope, offset = y_mean - slope * x_mean](Configuration configuration) {
    return offset + slope * said_of(space, opinion, configuration);
  };
}

}  // namespace ke
