// SPDX-License-Identifier: MIT
// Pads every row to a multiple of four with zeros times the first element of the vector, as sliced formats
// do: where that is no finite number, all padded rows are lost.
//! row: own
//! run: bench
//! operator: spmv
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cstdint>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sums[4] = {};
    for (std::int64_t k = offsets[r]; k < offsets[r + 1]; k += 4) {
      for (std::int64_t lane = 0; lane < 4; ++lane) {
        const bool inside = k + lane < offsets[r + 1];
        const float value = inside ? values[k + lane] : 0;
        sums[lane] += value * x[inside ? columns[k + lane] : 0];
      }
    }
    y[r] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
}

}  // namespace ops
