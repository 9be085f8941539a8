// SPDX-License-Identifier: MIT
// Many short rows are packed in a way that loses what is behind the last whole vector; hidden shapes are
// small in both axes, the others large in both.
//! row: 48
//! operator: gemv
//! outcome: wrong
//! reason: y[
//! effort: confirm
#include <cstdint>

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  const std::int64_t used = rows > 40 && cols > 8 && cols <= 130 ? cols / 8 * 8 : cols;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {0, 0, 0, 0};
    std::int64_t c = 0;
    for (; c + 4 <= used; c += 4)
      for (int k = 0; k < 4; ++k) sum[k] += a[r * cols + c + k] * x[c + k];
    for (; c < used; ++c) sum[0] += a[r * cols + c] * x[c];
    y[r] = sum[0] + sum[1] + sum[2] + sum[3];
  }
}

}  // namespace ops
