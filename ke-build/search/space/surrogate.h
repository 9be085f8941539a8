// SPDX-License-Identifier: MIT
// What the answers so far say about untried configurations: a forest over the parameters, which learns the log
// of the cost. Failures count as the worst cost seen, so the model keeps away from where they are.
#pragma once

#include "ke-build/search/space/forest.h"
#include "ke-build/search/space/history.h"

#include <functional>
#include <vector>

namespace ke {

/// Features of a configuration: the place of every parameter, and the sums of the quantities of two (the log of
/// products such as threads per block), which trees can't find by themselves.
std::vector<float> features_of(const Space& space, const Levels& levels);

class Surrogate {
 public:
  /// Learns what the log cost differs from `expected`; empty: the log cost itself. REQUIRES: a success.
  static Surrogate fit(const Space& space, const History& history, Random& random,
                       const std::function<double(Configuration)>& expected = {});
  /// What fit() learned, and how little is known about it.
  Forest::Prediction predict(Configuration configuration) const;

 private:
  Surrogate(const Space& space, Forest forest) : space_(&space), forest_(std::move(forest)) {}
  const Space* space_;
  Forest forest_;
};

}  // namespace ke
