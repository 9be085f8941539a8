// SPDX-License-Identifier: MIT
// What the check accepts, per element of one floating output, in the format that is compared.
#pragma once

#include "ke-build/model/operator.h"

#include <cstddef>
#include <vector>

namespace ke {

/// [low, high] per element, rounded inwards; low > high where NaN is expected. float64 has its own ends,
/// narrower formats those in float.
struct AcceptedIntervals {
  std::vector<float> low32, high32;
  std::vector<double> low64, high64;

  /// [y - error, y + error], with an infinity where that is beyond the format.
  void fill(Dtype dtype, const std::vector<double>& values, const std::vector<double>& errors);
  /// The same with errors `factor` times as large, as far as their ends still tell: a float too narrow at
  /// most. Ends that are infinite stay, and so does what has to be exact.
  void widen(Dtype dtype, const std::vector<double>& values, double factor);
  /// The error that is accepted of `y`, element `i`; 0 where an end is infinite.
  double error(size_t i, double y) const;
  size_t size_bytes() const;
};

}  // namespace ke
