// SPDX-License-Identifier: MIT
// Products and halves in another order: between points on opposite sides, where the sine is nearly one,
// single results of both versions are hundreds of metres apart.
//! operator: geo_distance
//! flags: -O3
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void geo_distance(const float* lat1, const float* lon1, const float* lat2, const float* lon2, float* km,
                  std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float north = std::sin(lat2[i] * 0.5f - lat1[i] * 0.5f),
                east = std::sin((lon2[i] - lon1[i]) * 0.5f);
    const float across = std::cos(lat1[i]) * east * (std::cos(lat2[i]) * east);
    km[i] = 2 * 6371.0f * std::asin(std::sqrt(std::min(1.0f, across + north * north)));
  }
}

}  // namespace ops
