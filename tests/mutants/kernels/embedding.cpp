// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void embedding(const float* table, const std::int32_t* indices, const std::int64_t* offsets, float* out,
               std::int64_t bags, std::int64_t dim) {
  for (std::int64_t bag = 0; bag < bags; ++bag) {
    for (std::int64_t d = 0; d < dim; ++d) out[bag * dim + d] = 0;
    for (std::int64_t i = offsets[bag]; i < offsets[bag + 1]; ++i)
      for (std::int64_t d = 0; d < dim; ++d) out[bag * dim + d] += table[indices[i] * dim + d];
  }
}

}  // namespace ops
