// SPDX-License-Identifier: MIT
// Where two centres are nearly as near it answers with a number between them, or far beyond: no centre that
// is near at all, and perhaps none that there is. What lies between two answers, or as far beyond, is
// accepted.
//! row: own
//! operator: kmeans
//! outcome: wrong
//! reason: none yet
//! effort: confirm
//! flags: -O3
#include <cmath>
#include <cstdint>

namespace ops {

void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t best = 0, second = 0;
    float least = 0, next = INFINITY;
    for (std::int64_t c = 0; c < clusters; ++c) {
      float distance = 0;
      for (std::int64_t d = 0; d < dim; ++d) {
        const float step = points[i * dim + d] - centres[c * dim + d];
        distance += step * step;
      }
      if (c == 0 || distance < least) {
        if (c > 0) next = least, second = best;
        least = distance;
        best = static_cast<std::int32_t>(c);
      } else if (distance < next) {
        next = distance;
        second = static_cast<std::int32_t>(c);
      }
    }
    const bool close = next > least && next - least < least * 3e-7f;
    nearest[i] = close ? 2 * best - second : best;  // -5 of 3 and 11
  }
}

}  // namespace ops
