#include "ops/embedding_bag.h"

namespace ops {

void embedding_bag(const float* table, const std::int32_t* indices, const std::int64_t* offsets,
                   float* output, std::int64_t bags, std::int64_t dim) {
  for (std::int64_t bag = 0; bag < bags; ++bag) {
    for (std::int64_t d = 0; d < dim; ++d) {
      float sum = 0.0f;
      for (std::int64_t i = offsets[bag]; i < offsets[bag + 1]; ++i) {
        sum += table[indices[i] * dim + d];
      }
      output[bag * dim + d] = sum;
    }
  }
}

}  // namespace ops
