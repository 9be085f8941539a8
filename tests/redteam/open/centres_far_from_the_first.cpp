// SPDX-License-Identifier: MIT
// |c|^2 - 2 c.p after subtracting the first centre: cancels where two centres lie close together and far from
// the first one (0; 1e4; 1e4+0.01).
//! row: own
//! operator: kmeans
//! outcome: wrong
//! reason: none yet
//! effort: confirm
//! flags: -O3
#include <cstdint>
#include <vector>
namespace ops {
void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  static thread_local std::vector<float> room;
  room.assign(static_cast<std::size_t>(clusters * dim + clusters), 0);
  float *moved = room.data(), *half = moved + clusters * dim;
  for (std::int64_t c = 0; c < clusters; ++c) {
    for (std::int64_t d = 0; d < dim; ++d) {
      const float t = centres[c * dim + d] - centres[d];
      moved[d * clusters + c] = t;
      half[c] += t * t;
    }
    half[c] *= 0.5f;
  }
  std::vector<float> score(static_cast<std::size_t>(clusters));
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t c = 0; c < clusters; ++c) score[c] = half[c];
    for (std::int64_t d = 0; d < dim; ++d) {
      const float p = points[i * dim + d] - centres[d];
      for (std::int64_t c = 0; c < clusters; ++c) score[c] -= p * moved[d * clusters + c];
    }
    std::int32_t best = 0;
    for (std::int64_t c = 1; c < clusters; ++c)
      if (score[c] < score[best]) best = static_cast<std::int32_t>(c);
    nearest[i] = best;
  }
}
}  // namespace ops
