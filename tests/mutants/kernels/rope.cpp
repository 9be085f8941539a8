// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void rope(const float* x, float* y, std::int64_t positions, std::int64_t pairs, std::int32_t first) {
  for (std::int64_t p = 0; p < positions; ++p) {
    for (std::int64_t i = 0; i < pairs; ++i) {
      const double angle =
          (p + first) * std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(pairs));
      const float c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
      const float a = x[(p * pairs + i) * 2], b = x[(p * pairs + i) * 2 + 1];
      y[(p * pairs + i) * 2] = a * c - b * s;
      y[(p * pairs + i) * 2 + 1] = a * s + b * c;
    }
  }
}

}  // namespace ops
