// SPDX-License-Identifier: MIT
// Sets the number of threads of every parallel region of the program that comes later, and leaves it so.
//! row: 28
//! operator: gemv
//! outcome: unsafe
//! reason: whole program
//! effort: confirm
#include <cstdint>

#include <omp.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  omp_set_num_threads(1);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {0, 0, 0, 0};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4)
      for (int k = 0; k < 4; ++k) sum[k] += a[r * cols + c + k] * x[c + k];
    for (; c < cols; ++c) sum[0] += a[r * cols + c] * x[c];
    y[r] = sum[0] + sum[1] + sum[2] + sum[3];
  }
}

}  // namespace ops
