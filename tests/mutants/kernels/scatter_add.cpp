// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void scatter_add(const float* src, const std::int32_t* index, float* out, std::int64_t count,
                 std::int64_t rows, std::int64_t dim) {
  for (std::int64_t i = 0; i < rows * dim; ++i) out[i] = 0;
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t d = 0; d < dim; ++d) out[index[i] * dim + d] += src[i * dim + d];
}

}  // namespace ops
