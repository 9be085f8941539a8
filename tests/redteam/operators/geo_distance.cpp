// SPDX-License-Identifier: MIT
// Great circle distances in km between points in radians (haversine).
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void geo_distance(const float* lat1, const float* lon1, const float* lat2, const float* lon2, float* km,
                  std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float s = std::sin((lat2[i] - lat1[i]) * 0.5f);
    const float t = std::sin((lon2[i] - lon1[i]) * 0.5f);
    const float h = s * s + std::cos(lat1[i]) * std::cos(lat2[i]) * t * t;
    km[i] = 12742.0f * std::asin(std::sqrt(std::min(1.0f, h)));
  }
}

}  // namespace ops
