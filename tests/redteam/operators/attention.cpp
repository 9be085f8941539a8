// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void attention(const float* q, const float* k, const float* v, float* out, std::int64_t queries,
               std::int64_t keys, std::int64_t dim, float scale) {
  std::vector<float> weights(keys);
  for (std::int64_t i = 0; i < queries; ++i) {
    float largest = -INFINITY;
    for (std::int64_t j = 0; j < keys; ++j) {
      float sum = 0;
      for (std::int64_t d = 0; d < dim; ++d) sum += q[i * dim + d] * k[j * dim + d];
      weights[j] = sum * scale;
      largest = std::max(largest, weights[j]);
    }
    float total = 0;
    for (std::int64_t j = 0; j < keys; ++j) {
      weights[j] = std::exp(weights[j] - largest);
      total += weights[j];
    }
    for (std::int64_t d = 0; d < dim; ++d) {
      float sum = 0;
      for (std::int64_t j = 0; j < keys; ++j) sum += weights[j] * v[j * dim + d];
      out[i * dim + d] = sum / total;
    }
  }
}

}  // namespace ops
