// SPDX-License-Identifier: MIT
// The nearest of many: distances in clones, the decision outside of them.
//! operator: kmeans
#include <cstdint>
#include <vector>

namespace ops {
namespace {

__attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3"))) void distances(
    const float* __restrict point, const float* __restrict turned, float* __restrict to,
    std::int64_t clusters, std::int64_t dim) {
  for (std::int64_t c = 0; c < clusters; ++c) to[c] = 0;
  for (std::int64_t d = 0; d < dim; ++d) {
    for (std::int64_t c = 0; c < clusters; ++c) {
      const float step = point[d] - turned[d * clusters + c];
      to[c] += step * step;
    }
  }
}

}  // namespace

void kmeans(const float* points, const float* centres, std::int32_t* nearest, std::int64_t n,
            std::int64_t clusters, std::int64_t dim) {
  std::vector<float> turned(static_cast<std::size_t>(clusters * dim)),
      row(static_cast<std::size_t>(clusters));
  for (std::int64_t c = 0; c < clusters; ++c)
    for (std::int64_t d = 0; d < dim; ++d)
      turned[static_cast<std::size_t>(d * clusters + c)] = centres[c * dim + d];
  for (std::int64_t i = 0; i < n; ++i) {
    distances(points + i * dim, turned.data(), row.data(), clusters, dim);
    std::int32_t best = 0;
    for (std::int64_t c = 1; c < clusters; ++c)
      if (row[static_cast<std::size_t>(c)] < row[static_cast<std::size_t>(best)])
        best = static_cast<std::int32_t>(c);
    nearest[i] = best;
  }
}

}  // namespace ops
