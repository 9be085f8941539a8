// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void attention(const float* q, const float* k, const float* v, float* out, std::int64_t queries,
               std::int64_t keys, std::int64_t dim, bool causal) {
  const float scale = 1 / std::sqrt(static_cast<float>(dim));
  std::vector<float> weight(keys);
  for (std::int64_t i = 0; i < queries; ++i) {
    const std::int64_t seen = causal ? std::min(keys, i + 1) : keys;
    float largest = -INFINITY;
    for (std::int64_t j = 0; j < seen; ++j) {
      float score = 0;
      for (std::int64_t d = 0; d < dim; ++d) score += q[i * dim + d] * k[j * dim + d];
      weight[j] = score * scale;
      largest = std::max(largest, weight[j]);
    }
    float sum = 0;
    for (std::int64_t j = 0; j < seen; ++j) {
      weight[j] = std::exp(weight[j] - largest);
      sum += weight[j];
    }
    for (std::int64_t d = 0; d < dim; ++d) {
      float mean = 0;
      for (std::int64_t j = 0; j < seen; ++j) mean += weight[j] * v[j * dim + d];
      out[i * dim + d] = mean / sum;
    }
  }
}

}  // namespace ops
