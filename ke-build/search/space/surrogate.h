// SPDX-License-Identifier: MIT
// What the answers so far say about untried configurations: a Gaussian process over the parameters, which
// learns the log of the cost. Failures count as the worst cost seen, so the model keeps away from where they
// are.
#pragma once

#include "ke-build/search/space/gaussian_process.h"
#include "ke-build/search/space/history.h"

#include <functional>
#include <vector>

namespace ke {

/// Features of a configuration on [0, 1]: the place of numbers and how even they are, one column per value
/// for words.
std::vector<float> features_of(const Space& space, const Levels& levels);

class Surrogate {
 public:
  /// Learns what the log cost differs from `expected`; empty: the log cost itself. REQUIRES: a success.
  /// `rates`: those of the fit before, which are improved a little and returned.
  static Surrogate fit(const Space& space, const History& history, Random& random, Rates& rates,
                       const std::function<double(Configuration)>& expected = {});
  /// Of the pool the one with the least mean - curiosity * spread, where `base` (if any) is added to the
  /// mean. REQUIRES: a pool that is not empty.
  Configuration most_promising(const std::vector<Configuration>& pool, double curiosity,
                               const std::function<double(Configuration)>& base = {}) const;

 private:
  Surrogate(const Space& space, GaussianProcess process) : space_(&space), process_(std::move(process)) {}
  const Space* space_;
  GaussianProcess process_;
};

}  // namespace ke
