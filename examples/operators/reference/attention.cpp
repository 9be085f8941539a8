// softmax(q k^T / sqrt(dim)) v in double precision.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

void attention_reference(const double* q, const double* k, const double* v, double* output,
                         std::int64_t queries, std::int64_t keys, std::int64_t dim) {
  std::vector<double> score(keys);
  for (std::int64_t i = 0; i < queries; ++i) {
    for (std::int64_t j = 0; j < keys; ++j) {
      double dot = 0;
      for (std::int64_t d = 0; d < dim; ++d) dot += q[i * dim + d] * k[j * dim + d];
      score[j] = dot / std::sqrt(static_cast<double>(dim));
    }
    const double largest = *std::max_element(score.begin(), score.end());
    double sum = 0;
    for (double& s : score) {
      s = std::exp(s - largest);
      sum += s;
    }
    for (std::int64_t d = 0; d < dim; ++d) {
      double value = 0;
      for (std::int64_t j = 0; j < keys; ++j) value += score[j] / sum * v[j * dim + d];
      output[i * dim + d] = value;
    }
  }
}
