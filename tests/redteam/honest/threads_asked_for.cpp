// SPDX-License-Identifier: MIT
// Asks the run time how many threads there are, and uses no more.
//! operator: gemv
//! run: bench
#include <cstdint>

#include <omp.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const int threads = omp_get_max_threads() < 2 ? 1 : 2;
#pragma omp parallel for schedule(static) num_threads(threads) if (rows * cols > 4096)
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

}  // namespace ops
