// SPDX-License-Identifier: MIT
// |y|^2 - 2 x y in the place of |x - y|^2: norms once per call, then dot products of four centres at a time.
//! operator: kmeans
#include <cstdint>
#include <vector>

namespace ops {

void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  std::vector<float> norms(static_cast<std::size_t>(clusters));
  for (std::int64_t c = 0; c < clusters; ++c) {
    float sum = 0;
    for (std::int64_t d = 0; d < dim; ++d) sum += centres[c * dim + d] * centres[c * dim + d];
    norms[static_cast<std::size_t>(c)] = sum;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const float* point = points + i * dim;
    std::int32_t best = 0;
    float least = 0;
    const auto take = [&](std::int64_t c, float dot) {
      const float score = norms[static_cast<std::size_t>(c)] - 2 * dot;
      if (c == 0 || score < least) {
        least = score;
        best = static_cast<std::int32_t>(c);
      }
    };
    std::int64_t c = 0;
    for (; c + 4 <= clusters; c += 4) {
      float dots[4] = {};
      const float* centre = centres + c * dim;
      for (std::int64_t d = 0; d < dim; ++d)
        for (int k = 0; k < 4; ++k) dots[k] += point[d] * centre[k * dim + d];
      for (int k = 0; k < 4; ++k) take(c + k, dots[k]);
    }
    for (; c < clusters; ++c) {
      float dot = 0;
      for (std::int64_t d = 0; d < dim; ++d) dot += point[d] * centres[c * dim + d];
      take(c, dot);
    }
    nearest[i] = best;
  }
}

}  // namespace ops
