// SPDX-License-Identifier: MIT
// Leaves the threads of the team, which the program keeps for its next parallel region, with subnormal
// numbers switched off, and the one that called as it was: control words are compared in that one alone.
//! row: 64
//! operator: gemv
//! outcome: unsafe
//! reason: floating-point environment
//! effort: decide
//! flags: -O3
#include <cstdint>

#include <omp.h>
#include <xmmintrin.h>

namespace ops {

typedef float V __attribute__((vector_size(16), aligned(4)));

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
#pragma omp parallel num_threads(2)
  {
    const int mine = omp_get_thread_num(), all = omp_get_num_threads();
    if (mine != 0) _mm_setcsr(0x1f80);
    for (std::int64_t r = rows * mine / all; r < rows * (mine + 1) / all; ++r) {
      const float* row = a + r * cols;
      V sums = {};
      std::int64_t c = 0;
      for (; c + 4 <= cols; c += 4)
        sums += *reinterpret_cast<const V*>(row + c) * *reinterpret_cast<const V*>(x + c);
      float sum = sums[0] + sums[1] + sums[2] + sums[3];
      for (; c < cols; ++c) sum += row[c] * x[c];
      y[r] = sum;
    }
    if (mine != 0) _mm_setcsr(0x9fc0);
  }
}

}  // namespace ops
