// SPDX-License-Identifier: MIT
// An uninitialised array of 64 KiB on the stack could show what earlier calls left there. Only elements
// that this row has written are read.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float squares[16384];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t start = 0; start < cols; start += 16384) {
      const std::int64_t count = std::min<std::int64_t>(16384, cols - start);
      for (std::int64_t c = 0; c < count; ++c) squares[c] = x[r * cols + start + c] * x[r * cols + start + c];
      for (std::int64_t c = 0; c < count; ++c) sum += squares[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
