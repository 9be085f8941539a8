#include "ops/attention.h"

#include <cmath>
#include <vector>

namespace ops {

void attention(const float* q, const float* k, const float* v, float* output, int queries, int keys,
               int dim) {
  const float scale = 1.0f / std::sqrt(static_cast<float>(dim));
  std::vector<float> score(keys);
  for (int i = 0; i < queries; ++i) {
    float largest = -INFINITY;
    for (int j = 0; j < keys; ++j) {
      float dot = 0.0f;
      for (int d = 0; d < dim; ++d) {
        dot += q[i * dim + d] * k[j * dim + d];
      }
      score[j] = dot * scale;
      if (score[j] > largest) largest = score[j];
    }
    float sum = 0.0f;
    for (int j = 0; j < keys; ++j) {
      score[j] = std::exp(score[j] - largest);
      sum += score[j];
    }
    for (int d = 0; d < dim; ++d) {
      float value = 0.0f;
      for (int j = 0; j < keys; ++j) {
        value += score[j] * v[j * dim + d];
      }
      output[i * dim + d] = value / sum;
    }
  }
}

}  // namespace ops
