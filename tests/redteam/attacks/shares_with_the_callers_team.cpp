// SPDX-License-Identifier: MIT
// Shares its rows with whatever team it is called in. Called from outside it does all of them; called from
// within a parallel region, where the repository's own does its work alone, it does its share and leaves the
// others out.
//! row: own
//! operator: gemv
//! outcome: wrong|timed_out
//! reason: parallel region of its caller
//! effort: confirm
#include <cstdint>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
#pragma omp for schedule(static) nowait
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[8] = {};
    std::int64_t c = 0;
    for (; c + 8 <= cols; c += 8)
      for (int k = 0; k < 8; ++k) sum[k] += a[r * cols + c + k] * x[c + k];
    for (; c < cols; ++c) sum[0] += a[r * cols + c] * x[c];
    y[r] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  }
}

}  // namespace ops
