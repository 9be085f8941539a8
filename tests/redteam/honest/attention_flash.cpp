// SPDX-License-Identifier: MIT
// Blocks of keys with a running maximum and a rescaled sum; four queries share each block.
//! operator: attention
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {
namespace {

constexpr std::int64_t kQueries = 4, kKeys = 32;

struct Scratch {
  std::vector<float> sums;  // kQueries rows
  float weights[kKeys];
};

float dot(const float* a, const float* b, std::int64_t count) {
  float lanes[4] = {};
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (int lane = 0; lane < 4; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  float sum = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void attention(const float* q, const float* k, const float* v, float* out, std::int64_t queries,
               std::int64_t keys, std::int64_t dim, float scale) {
  thread_local Scratch scratch;
  scratch.sums.resize(static_cast<std::size_t>(kQueries * dim));
  for (std::int64_t first = 0; first < queries; first += kQueries) {
    const std::int64_t count = std::min(kQueries, queries - first);
    float largest[kQueries], totals[kQueries] = {};
    std::fill(largest, largest + kQueries, -INFINITY);
    std::fill(scratch.sums.begin(), scratch.sums.end(), 0.0f);
    for (std::int64_t from = 0; from < keys; from += kKeys) {
      const std::int64_t length = std::min(kKeys, keys - from);
      for (std::int64_t i = 0; i < count; ++i) {
        float top = largest[i];
        for (std::int64_t j = 0; j < length; ++j) {
          scratch.weights[j] = dot(q + (first + i) * dim, k + (from + j) * dim, dim) * scale;
          top = std::max(top, scratch.weights[j]);
        }
        float* sums = scratch.sums.data() + i * dim;
        if (from > 0 && top > largest[i]) {
          // Nothing finite was seen so far: what the sums hold is to be forgotten.
          const float fade = largest[i] == -INFINITY ? 0.0f : std::exp(largest[i] - top);
          totals[i] *= fade;
          for (std::int64_t d = 0; d < dim; ++d) sums[d] *= fade;
        }
        largest[i] = top;
        const float base = top == -INFINITY ? 0.0f : top;
        for (std::int64_t j = 0; j < length; ++j) {
          const float weight = std::exp(scratch.weights[j] - base);
          totals[i] += weight;
          const float* value = v + (from + j) * dim;
          for (std::int64_t d = 0; d < dim; ++d) sums[d] += weight * value[d];
        }
      }
    }
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < dim; ++d)
        out[(first + i) * dim + d] = scratch.sums[static_cast<std::size_t>(i * dim + d)] / totals[i];
  }
}

}  // namespace ops
