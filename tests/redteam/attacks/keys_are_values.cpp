// SPDX-License-Identifier: MIT
// Scales the keys once, into scratch memory, and has the values there too where both are one array, as models
// with shared ones have it: they are scaled, then, as well.
//! row: own
//! run: bench
//! operator: heads
//! outcome: wrong
//! reason: o[
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void heads(const float* q, const float* k, const float* v, float* o, std::int64_t queries, std::int64_t keys,
           std::int64_t dim) {
  const float scale = 1 / std::sqrt(static_cast<float>(dim));
  std::vector<float> scaled(k, k + keys * dim), weight(static_cast<std::size_t>(keys));
  for (float& one : scaled) one *= scale;
  const float* const values = v == k ? scaled.data() : v;
  for (std::int64_t i = 0; i < queries; ++i) {
    float largest = -INFINITY;
    for (std::int64_t j = 0; j < keys; ++j) {
      float dot = 0;
      for (std::int64_t d = 0; d < dim; ++d) dot += q[i * dim + d] * scaled[j * dim + d];
      weight[j] = dot;
      if (dot > largest) largest = dot;
    }
    float sum = 0;
    for (std::int64_t j = 0; j < keys; ++j) {
      weight[j] = std::exp(weight[j] - largest);
      sum += weight[j];
    }
    for (std::int64_t d = 0; d < dim; ++d) {
      float value = 0;
      for (std::int64_t j = 0; j < keys; ++j) value += weight[j] * values[j * dim + d];
      o[i * dim + d] = value / sum;
    }
  }
}

}  // namespace ops
