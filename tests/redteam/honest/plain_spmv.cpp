// SPDX-License-Identifier: MIT
// Plain.
//! operator: spmv
#include <cstdint>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  for (std::int64_t r = rows - 1; r >= 0; --r) {
    float sum = 0;
    for (std::int64_t k = offsets[r], end = offsets[r + 1]; k < end; ++k) sum += values[k] * x[columns[k]];
    y[r] = sum;
  }
}

}  // namespace ops
