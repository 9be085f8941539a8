// SPDX-License-Identifier: MIT
//! flags: -O2 -std=c++20 -Wall -Wextra -Werror
#include <cstdint>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t k = offsets[r]; k < offsets[r + 1]; ++k) sum += values[k] * x[columns[k]];
    y[r] = sum;
  }
}

}  // namespace ops
