// SPDX-License-Identifier: MIT
// Extremely randomised regression trees (Geurts, Ernst & Wehenkel 2006): every tree sees all samples and
// splits at random thresholds, which makes the mean smooth and the spread between trees a measure of
// ignorance.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/search/space/samples.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ke {

struct ForestOptions {
  int trees = 40;
  double tried = 1;  // share of the features that compete for a split
  size_t leaf = 1;   // fewest samples in a leaf
};

class Forest {
 public:
  /// REQUIRES: at least one sample.
  static Forest fit(const Samples& samples, const ForestOptions& options, Random& random);
  /// Mean of the trees, and the standard deviation between them.
  Prediction predict(const float* features) const;

 private:
  struct Split {
    int32_t feature = -1;  // negative: a leaf
    float threshold = 0;
    int32_t right = 0;  // the left child is the next node
    double value = 0;
  };
  struct Grower;
  std::vector<std::vector<Split>> trees_;
};

}  // namespace ke
