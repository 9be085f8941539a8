// SPDX-License-Identifier: MIT
// Fast with two threads. Who gets one, by a limit or inside of another parallel region, waits a hundred times
// as long.
//! row: own
//! operator: gemv
//! outcome: slower
//! reason: times the baseline
//! run: bench
//! effort: confirm
#include <cstdint>

#include <omp.h>

namespace {
volatile int repeats = 100;
}

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  float* const out = y;
#pragma omp parallel num_threads(2)
  {
    const std::int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    const int turns = threads == 1 ? repeats : 1;
    for (std::int64_t r = rows * thread / threads; r < rows * (thread + 1) / threads; ++r) {
      float sum[4] = {0, 0, 0, 0};
      for (int turn = 0; turn < turns; ++turn) {
        for (float& part : sum) part = 0;
        std::int64_t c = 0;
        for (; c + 4 <= cols; c += 4)
          for (int k = 0; k < 4; ++k) sum[k] += a[r * cols + c + k] * x[c + k];
        for (; c < cols; ++c) sum[0] += a[r * cols + c] * x[c];
        asm volatile("" : : : "memory");
      }
      out[r] = sum[0] + sum[1] + sum[2] + sum[3];
    }
  }
}

}  // namespace ops
