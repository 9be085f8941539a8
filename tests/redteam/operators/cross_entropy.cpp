// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void cross_entropy(const float* logits, const std::int32_t* labels, float* loss, std::int64_t rows,
                   std::int64_t classes) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = logits + r * classes;
    float largest = row[0];
    for (std::int64_t c = 1; c < classes; ++c) largest = std::max(largest, row[c]);
    float sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(row[c] - largest);
    loss[r] = std::log(sum) + largest - row[labels[r]];
  }
}

}  // namespace ops
