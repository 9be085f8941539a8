// SPDX-License-Identifier: MIT
// Two threads, one section each, joined before the return.
//! operator: gemv
//! run: bench
#include <cstdint>

namespace ops {

static void part(const float* a, const float* x, float* y, std::int64_t from, std::int64_t to,
                 std::int64_t cols) {
  for (std::int64_t r = from; r < to; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
    y[r] = sum;
  }
}

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
#pragma omp parallel sections num_threads(2)
  {
#pragma omp section
    part(a, x, y, 0, rows / 2, cols);
#pragma omp section
    part(a, x, y, rows / 2, rows, cols);
  }
}

}  // namespace ops
