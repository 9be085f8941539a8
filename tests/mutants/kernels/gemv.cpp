// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
#pragma omp parallel for num_threads(2)
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = a + r * cols;
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4) {
      s0 += row[c] * x[c];
      s1 += row[c + 1] * x[c + 1];
      s2 += row[c + 2] * x[c + 2];
      s3 += row[c + 3] * x[c + 3];
    }
    for (; c < cols; ++c) s0 += row[c] * x[c];
    y[r] = (s0 + s1) + (s2 + s3);
  }
}

}  // namespace ops
