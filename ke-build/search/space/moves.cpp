// SPDX-License-Identifier: MIT
#include "ke-build/search/space/moves.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr int kAttempts = 60;  // to hit a legal, untried configuration by chance

uint32_t any_level(const SpaceParameter& parameter, Random& random) {
  return static_cast<uint32_t>(random.below(parameter.values.size()));
}

}  // namespace

double distance(const Space& space, const Levels& a, const Levels& b) {
  double sum = 0;
  for (size_t p = 0; p < a.size(); ++p) {
    const std::vector<double>& place = space.parameters()[p].place;
    if (a[p] != b[p]) sum += 0.5 + 0.5 * std::abs(place[a[p]] - place[b[p]]);
  }
  return sum;
}

std::optional<Configuration> Moves::anywhere() {
  for (int i = 0; i < kAttempts; ++i) {
    const auto drawn = space_.draw(random_);
    if (!drawn) return std::nullopt;
    if (!history_.knows(*drawn)) return drawn;
  }
  if (!space_.enumerated()) return std::nullopt;
  std::vector<Configuration> left;  // nearly all are known
  std::copy_if(space_.all().begin(), space_.all().end(), std::back_inserter(left),
               [&](Configuration configuration) { return !history_.knows(configuration); });
  if (left.empty()) return std::nullopt;
  return left[random_.below(left.size())];
}

std::optional<Configuration> Moves::apart(int draws) {
  std::optional<Configuration> farthest;
  double most = -1;
  for (int i = 0; i < draws; ++i) {
    const auto drawn = anywhere();
    if (!drawn) break;
    const Levels levels = space_.levels(*drawn);
    double nearest = static_cast<double>(levels.size());
    for (const Told& told : history_.told())
      nearest = std::min(nearest, distance(space_, levels, space_.levels(told.configuration)));
    if (nearest <= most) continue;
    most = nearest;
    farthest = drawn;
  }
  return farthest;
}

std::vector<Configuration> Moves::beside(Configuration configuration) const {
  std::vector<Configuration> found;
  Levels levels = space_.levels(configuration);
  for (size_t p = 0; p < levels.size(); ++p) {
    const uint32_t own = levels[p];
    for (uint32_t value = 0; value < space_.parameters()[p].values.size(); ++value) {
      if (value == own) continue;
      levels[p] = value;
      const Levels legal = space_.contains(levels) ? levels : repaired(levels, p);
      if (!legal.empty() && !history_.knows(space_.code(legal))) found.push_back(space_.code(legal));
    }
    levels[p] = own;
  }
  return found;
}

Levels Moves::repaired(Levels levels, size_t kept) const {
  Levels nearest;
  double least = 2;  // places are on [0, 1]
  for (size_t p = 0; p < levels.size(); ++p) {
    const std::vector<double>& place = space_.parameters()[p].place;
    const uint32_t own = levels[p];
    for (uint32_t value = 0; p != kept && value < place.size(); ++value) {
      const double change = std::abs(place[value] - place[own]);
      levels[p] = value;
      if (value == own || change >= least || !space_.contains(levels)) continue;
      least = change;
      nearest = levels;
    }
    levels[p] = own;
  }
  return nearest;
}

std::optional<Configuration> Moves::mutation(Configuration configuration, int changes) {
  const Levels from = space_.levels(configuration);
  if (from.empty()) return std::nullopt;
  for (int i = 0; i < kAttempts; ++i) {
    Levels levels = from;
    for (int change = 0; change < changes; ++change) {
      const size_t p = random_.below(levels.size());
      levels[p] = any_level(space_.parameters()[p], random_);
    }
    if (open(levels)) return space_.code(levels);
  }
  return std::nullopt;
}

std::optional<Configuration> Moves::crossover(Configuration a, Configuration b, double mutation) {
  const Levels one = space_.levels(a), other = space_.levels(b);
  if (one.empty()) return std::nullopt;
  for (int i = 0; i < kAttempts; ++i) {
    Levels levels = one;
    for (size_t p = 0; p < levels.size(); ++p) {
      if (random_.uniform() < 0.5) levels[p] = other[p];
    }
    const size_t p = random_.below(levels.size());
    if (random_.uniform() < mutation) levels[p] = any_level(space_.parameters()[p], random_);
    if (open(levels)) return space_.code(levels);
  }
  return std::nullopt;
}

}  // namespace ke
