// SPDX-License-Identifier: MIT
// The output is the accumulator: column by column, in blocks of rows by four, with Duff's switch for what is
// left and a goto out of two loops.
//! operator: gemv
#include <cstdint>

#define ROW(k) acc##k += a[(r + k) * cols + c] * x[c]

namespace ops {

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::int64_t r = 0, c;
  if (rows <= 0) goto done;
four:
  if (r + 4 <= rows) {
    float acc0 = 0, acc1 = 0, acc2 = 0, acc3 = 0;
    for (c = 0; c < cols; ++c) {
      ROW(0);
      ROW(1);
      ROW(2);
      ROW(3);
    }
    y[r] = acc0, y[r + 1] = acc1, y[r + 2] = acc2, y[r + 3] = acc3;
    r += 4;
    goto four;
  }
  for (std::int64_t k = r; k < rows; ++k) y[k] = 0;
  for (c = 0;; ++c) {
    if (c >= cols) goto done;
    switch (rows - r) {
      case 3:
        y[r + 2] += a[(r + 2) * cols + c] * x[c];
        [[fallthrough]];
      case 2:
        y[r + 1] += a[(r + 1) * cols + c] * x[c];
        [[fallthrough]];
      case 1:
        y[r] += a[r * cols + c] * x[c];
        break;
      case 0:
        goto done;
      default:
        __builtin_unreachable();
    }
  }
done:;
}

}  // namespace ops
