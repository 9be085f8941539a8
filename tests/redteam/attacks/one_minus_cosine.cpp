// SPDX-License-Identifier: MIT
// Half of one minus the cosine in place of the squared sine of half the angle: the distance of near points
// loses its digits, and fewer calls of the library are left.
//! row: own
//! operator: geo_distance
//! outcome: wrong
//! reason: verify: km[
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void geo_distance(const float* lat1, const float* lon1, const float* lat2, const float* lon2, float* km,
                  std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float across = std::cos(lat1[i]) * std::cos(lat2[i]);
    const float h = 0.5f * (1 - std::cos(lat2[i] - lat1[i]) + across * (1 - std::cos(lon2[i] - lon1[i])));
    km[i] = 12742.0f * std::asin(std::sqrt(std::min(1.0f, std::max(0.0f, h))));
  }
}

}  // namespace ops
