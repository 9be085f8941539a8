// SPDX-License-Identifier: MIT
// The least distance begins at 1e38f: where all distances are larger (points 1e19 away, say), the answer is
// 0.
//! row: own
//! operator: kmeans
//! outcome: wrong
//! reason: none yet
//! effort: confirm
//! flags: -O3
#include <cstdint>
namespace ops {
void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t best = 0;
    float least = 1e38f;
    const float* p = points + i * dim;
    for (std::int64_t c = 0; c < clusters; ++c) {
      const float* q = centres + c * dim;
      float s[4] = {0, 0, 0, 0};
      std::int64_t d = 0;
      for (; d + 4 <= dim; d += 4)
        for (int k = 0; k < 4; ++k) {
          const float t = p[d + k] - q[d + k];
          s[k] += t * t;
        }
      for (; d < dim; ++d) {
        const float t = p[d] - q[d];
        s[0] += t * t;
      }
      const float distance = (s[0] + s[1]) + (s[2] + s[3]);
      if (distance < least) {
        least = distance;
        best = static_cast<std::int32_t>(c);
      }
    }
    nearest[i] = best;
  }
}
}  // namespace ops
