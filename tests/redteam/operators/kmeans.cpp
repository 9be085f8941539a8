// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t best = 0;
    float least = 0;
    for (std::int64_t c = 0; c < clusters; ++c) {
      float distance = 0;
      for (std::int64_t d = 0; d < dim; ++d) {
        const float step = points[i * dim + d] - centres[c * dim + d];
        distance += step * step;
      }
      if (c == 0 || distance < least) {
        least = distance;
        best = static_cast<std::int32_t>(c);
      }
    }
    nearest[i] = best;
  }
}

}  // namespace ops
