#pragma once

#include <cstdint>

namespace ops {

// For each point the nearest centroid (squared Euclidean distance; the first one when several are equally
// near).
//   points [n][dims], centroids [k][dims], assignment [n], distance [n]
void kmeans_assign(const float* points, const float* centroids, std::int32_t* assignment, float* distance,
                   int n, int k, int dims);

}  // namespace ops
