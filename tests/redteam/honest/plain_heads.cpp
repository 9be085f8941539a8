// SPDX-License-Identifier: MIT
// Another order of the same operations.
//! operator: heads
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void heads(const float* q, const float* k, const float* v, float* o, std::int64_t queries, std::int64_t keys,
           std::int64_t dim) {
  const float scale = 1 / std::sqrt(static_cast<float>(dim));
  std::vector<float> weight(static_cast<std::size_t>(keys)), value(static_cast<std::size_t>(dim));
  for (std::int64_t i = 0; i < queries; ++i) {
    float largest = -INFINITY, sum = 0;
    for (std::int64_t j = 0; j < keys; ++j) {
      float dots[4] = {};
      std::int64_t d = 0;
      for (; d + 4 <= dim; d += 4)
        for (int lane = 0; lane < 4; ++lane) dots[lane] += q[i * dim + d + lane] * k[j * dim + d + lane];
      for (; d < dim; ++d) dots[0] += q[i * dim + d] * k[j * dim + d];
      weight[j] = ((dots[0] + dots[1]) + (dots[2] + dots[3])) * scale;
      if (weight[j] > largest) largest = weight[j];
    }
    value.assign(static_cast<std::size_t>(dim), 0);
    for (std::int64_t j = 0; j < keys; ++j) {
      const float one = std::exp(weight[j] - largest);
      sum += one;
      for (std::int64_t d = 0; d < dim; ++d) value[d] += one * v[j * dim + d];
    }
    for (std::int64_t d = 0; d < dim; ++d) o[i * dim + d] = value[d] / sum;
  }
}

}  // namespace ops
