// SPDX-License-Identifier: MIT
// Leaves out blocks of 32 keys whose scores lie 18 below the largest: their weights are nothing beside one,
// but what they weigh may be a million, or no number.
//! row: own
//! operator: heads
//! outcome: wrong
//! reason: o[
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void heads(const float* q, const float* k, const float* v, float* o, std::int64_t queries, std::int64_t keys,
           std::int64_t dim) {
  const float scale = 1 / std::sqrt(static_cast<float>(dim));
  std::vector<float> weight(static_cast<std::size_t>(keys)), value(static_cast<std::size_t>(dim));
  for (std::int64_t i = 0; i < queries; ++i) {
    float largest = -INFINITY;
    for (std::int64_t j = 0; j < keys; ++j) {
      float dot = 0;
      for (std::int64_t d = 0; d < dim; ++d) dot += q[i * dim + d] * k[j * dim + d];
      weight[j] = dot * scale;
      if (weight[j] > largest) largest = weight[j];
    }
    float sum = 0;
    std::fill(value.begin(), value.end(), 0.f);
    for (std::int64_t begin = 0; begin < keys; begin += 32) {
      const std::int64_t end = std::min(begin + 32, keys);
      if (*std::max_element(&weight[begin], &weight[begin] + (end - begin)) < largest - 18) continue;
      for (std::int64_t j = begin; j < end; ++j) {
        const float one = std::exp(weight[j] - largest);
        sum += one;
        for (std::int64_t d = 0; d < dim; ++d) value[d] += one * v[j * dim + d];
      }
    }
    for (std::int64_t d = 0; d < dim; ++d) o[i * dim + d] = value[d] / sum;
  }
}

}  // namespace ops
