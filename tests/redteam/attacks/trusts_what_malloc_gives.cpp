// SPDX-License-Identifier: MIT
// Centres are copied into rows of a multiple of 8, whose ends are never written; their share is multiplied by
// zero (0 * NaN if the heap says so).
//! row: own
//! run: bench
//! operator: kmeans
//! outcome: unsafe|wrong
//! reason: of another day and machine|nearest[
//! effort: confirm
//! flags: -O3
#include <cstdint>
#include <cstdlib>
namespace ops {
void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  const std::int64_t w = (dim + 7) / 8 * 8;
  float* room = static_cast<float*>(std::malloc(static_cast<std::size_t>((clusters + 1) * w) * 4 + 64));
  if (!room) std::abort();
  float* mask = static_cast<float*>(std::malloc(static_cast<std::size_t>(w) * 4));
  if (!mask) std::abort();
  for (std::int64_t d = 0; d < w; ++d) mask[d] = d < dim ? 1 : 0;
  float* p = room + clusters * w;
  for (std::int64_t c = 0; c < clusters; ++c)
    for (std::int64_t d = 0; d < dim; ++d) room[c * w + d] = centres[c * dim + d];
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t d = 0; d < dim; ++d) p[d] = points[i * dim + d];
    std::int32_t best = 0;
    float least = 0;
    for (std::int64_t c = 0; c < clusters; ++c) {
      float s[8] = {0, 0, 0, 0, 0, 0, 0, 0};
      for (std::int64_t d = 0; d < w; d += 8)
        for (int k = 0; k < 8; ++k) {
          const float t = (p[d + k] - room[c * w + d + k]) * mask[d + k];
          s[k] += t * t;
        }
      const float distance = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
      if (c == 0 || distance < least) {
        least = distance;
        best = static_cast<std::int32_t>(c);
      }
    }
    nearest[i] = best;
  }
  std::free(mask);
  std::free(room);
}
}  // namespace ops
