// SPDX-License-Identifier: MIT
// Keys transposed once per call, so that scores of sixteen keys grow side by side; target_clones for the
// lanes.
//! operator: attention
//! flags: -O3
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {
namespace {

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) void add_scaled(
    float* __restrict to, const float* __restrict from, float factor, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] += factor * from[i];
}

}  // namespace

void attention(const float* q, const float* k, const float* v, float* out, std::int64_t queries,
               std::int64_t keys, std::int64_t dim, float scale) {
  std::vector<float> turned(static_cast<std::size_t>(keys * dim)), scores(static_cast<std::size_t>(keys)),
      sums(static_cast<std::size_t>(dim));
  for (std::int64_t j = 0; j < keys; ++j)
    for (std::int64_t d = 0; d < dim; ++d) turned[static_cast<std::size_t>(d * keys + j)] = k[j * dim + d];
  for (std::int64_t i = 0; i < queries; ++i) {
    std::fill(scores.begin(), scores.end(), 0.0f);
    for (std::int64_t d = 0; d < dim; ++d)
      add_scaled(scores.data(), &turned[static_cast<std::size_t>(d * keys)], q[i * dim + d], keys);
    float largest = -INFINITY;
    for (float& score : scores) {
      score *= scale;
      largest = std::max(largest, score);
    }
    float total = 0;
    for (float& score : scores) {
      score = std::exp(score - largest);
      total += score;
    }
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (std::int64_t j = 0; j < keys; ++j)
      add_scaled(sums.data(), v + j * dim, scores[static_cast<std::size_t>(j)], dim);
    const float share = 1 / total;
    for (std::int64_t d = 0; d < dim; ++d) out[i * dim + d] = sums[static_cast<std::size_t>(d)] * share;
  }
}

}  // namespace ops
