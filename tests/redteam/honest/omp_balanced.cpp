// SPDX-License-Identifier: MIT
// Two sections of OpenMP with equally many products each, split inside of a row: the piece of the second one
// is added at the end.
//! operator: spmv
//! run: bench
#include <algorithm>
#include <cstdint>

namespace ops {

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  const std::int64_t half = offsets[rows] / 2;
  const std::int64_t split =
      std::max<std::int64_t>(0, std::upper_bound(offsets, offsets + rows, half) - offsets - 1);
  float tail = 0;
  const auto piece = [=](std::int64_t begin, std::int64_t end) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t k = begin; k < end; ++k) sum += values[k] * x[columns[k]];
    return sum;
  };
#pragma omp parallel sections num_threads(2) if (offsets[rows] > 1000)
  {
#pragma omp section
    {
      for (std::int64_t r = 0; r < std::min(split, rows); ++r) y[r] = piece(offsets[r], offsets[r + 1]);
      if (split < rows) y[split] = piece(offsets[split], std::max(offsets[split], half));
    }
#pragma omp section
    {
      if (split < rows) tail = piece(std::max(offsets[split], half), offsets[split + 1]);
      for (std::int64_t r = split + 1; r < rows; ++r) y[r] = piece(offsets[r], offsets[r + 1]);
    }
  }
  if (split < rows) y[split] += tail;
}

}  // namespace ops
