// SPDX-License-Identifier: MIT
// Leaves out factors below a threshold that numbers of ordinary size do not feel: a vector of small numbers
// gives zero.
//! row: 49
//! run: bench
//! operator: gemv
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::vector<float> kept(x, x + cols);
  for (float& v : kept)
    if (std::fabs(v) < 2e-5f) v = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {0, 0, 0, 0};
    std::int64_t c = 0;
    for (; c + 4 <= cols; c += 4)
      for (int k = 0; k < 4; ++k) sum[k] += a[r * cols + c + k] * kept[c + k];
    for (; c < cols; ++c) sum[0] += a[r * cols + c] * kept[c];
    y[r] = sum[0] + sum[1] + sum[2] + sum[3];
  }
}

}  // namespace ops
