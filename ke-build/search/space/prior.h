// SPDX-License-Identifier: MIT
// What earlier searches of the same or of similar kernels, on other devices or shapes, say about a space.
#pragma once

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
  /// One opinion per past search that shares a parameter with the target: what it measured itself where it
  /// has the very configuration, else what a forest over the shared parameters expects. REQUIRES: an
  /// enumerated target.
  static Prior learn(const Space& target, const std::vector<PastSearch>& past, uint64_t seed);

  size_t sources() const { return opinions_.size(); }
  /// Some source is kindred (space.h): it searched this kernel or a variant of it.
  bool kindred() const { return kindred_; }
  /// Of target.all()[i], per source: 0 is its optimum, 1 its median, 2 and more are as good as failures.
  const std::vector<float>& opinion(size_t source) const { return opinions_[source]; }

 private:
  std::vector<std::vector<float>> opinions_;
  bool kindred_ = false;
};

}  // namespace ke
