// SPDX-License-Identifier: MIT
// What earlier searches of the same or of similar kernels, on other devices or shapes, say about a space.
#pragma once

#include "ke-build/search/space/opinions.h"
#include "ke-build/search/space/space.h"

#include <string>
#include <vector>

namespace ke {

/// An earlier search: configurations with their costs.
struct PastSearch {
  const Space* space = nullptr;
  std::vector<Levels> configurations;
  std::vector<double> costs;  // any positive unit; negative: failed
};

class Prior {
 public:
  Prior() = default;
  /// A past search that shares a parameter with the target has an opinion: what it measured itself where it
  /// has the very configuration, else what a forest over the shared parameters expects. REQUIRES: an
  /// enumerated target.
  static Prior learn(const Space& target, const std::vector<PastSearch>& past, uint64_t seed);

  /// Past searches that share a parameter with the target.
  size_t sources() const { return sources_; }
  /// Some source is kindred (space.h): it searched this kernel or a variant of it.
  bool kindred() const { return kindred_; }
  /// Of target.all()[i]: 0 is the optimum of the source, 1 its median, 2 is as good as a failure. Where
  /// kindred sources are, one per kindred source; otherwise one per kernel, the mean of its sources.
  const std::vector<Opinion>& opinions() const { return opinions_; }

 private:
  std::vector<Opinion> opinions_;
  size_t sources_ = 0;
  bool kindred_ = false;
};

}  // namespace ke
