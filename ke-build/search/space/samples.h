// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace ke {

/// Samples of a regression: rows of equal length, one target each.
struct Samples {
  size_t width = 0;
  std::vector<float> features;  // row after row
  std::vector<double> targets;
  size_t count() const { return targets.size(); }
  const float* row(size_t i) const { return features.data() + i * width; }
};

struct Prediction {
  double mean = 0;
  double spread = 0;  // standard deviation: how little is known about the mean
};

}  // namespace ke
