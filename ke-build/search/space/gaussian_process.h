// SPDX-License-Identifier: MIT
// Gaussian-process regression (Rasmussen & Williams 2006, algorithm 2.1) with the kernel
// exp(-sum_p rate_p |x_p - y_p|): rough, as tuning spaces are, and with a rate per feature, because most
// parameters hardly matter. A few hundred samples at most: fitting takes O(n^3).
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/search/space/samples.h"

#include <cmath>
#include <vector>

namespace ke {

/// What fit() chose, and where the next fit may begin.
struct Rates {
  std::vector<double> rate;  // per feature, for features on [0, 1]
  double noise = 0.01;       // variance of a sample, as a share of the signal's
};

class GaussianProcess {
 public:
  /// Maximises the posterior of the rates by `steps` random moves from `start` (empty: from the prior),
  /// log-normal around 0.3. REQUIRES: at least one sample.
  static GaussianProcess fit(const Samples& samples, const Rates& start, int steps, Random& random);

  double mean(const float* features) const;
  /// Standard deviation; costs O(n^2) where the mean costs O(n). Never more than most_spread().
  double spread(const float* features) const;
  double most_spread() const { return std::sqrt(variance_); }
  const Rates& rates() const { return rates_; }

 private:
  double kernel(const float* a, const float* b) const;
  double solve();  // log marginal likelihood under rates_

  Samples samples_;
  Rates rates_;
  double mean_ = 0, variance_ = 1;
  std::vector<double> factor_;   // lower Cholesky factor, row by row
  std::vector<double> weights_;  // (K + noise)^-1 (y - mean)
};

}  // namespace ke
