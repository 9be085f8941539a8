// SPDX-License-Identifier: MIT
// Divides the rows among two threads by their numbers. Who gets one thread, by a limit or inside of another
// parallel region, gets half of the answer.
//! row: own
//! operator: gemv
//! outcome: wrong
//! reason: with one OpenMP thread|within a parallel region
//! effort: confirm
//! run: bench
#include <cstdint>

#include <omp.h>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
#pragma omp parallel num_threads(2)
  {
    const std::int64_t half = rows / 2;
    const bool second = omp_get_thread_num() == 1;
    for (std::int64_t r = second ? half : 0; r < (second ? rows : half); ++r) {
      float sum[4] = {0, 0, 0, 0};
      std::int64_t c = 0;
      for (; c + 4 <= cols; c += 4)
        for (int k = 0; k < 4; ++k) sum[k] += a[r * cols + c + k] * x[c + k];
      for (; c < cols; ++c) sum[0] += a[r * cols + c] * x[c];
      y[r] = sum[0] + sum[1] + sum[2] + sum[3];
    }
  }
}

}  // namespace ops
