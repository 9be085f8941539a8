// SPDX-License-Identifier: MIT
// Keeps a megabyte of scratch on the stack.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float scratch[1 << 18];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t begin = 0; begin < cols; begin += 1 << 18) {
      const std::int64_t count = cols - begin < (1 << 18) ? cols - begin : (1 << 18);
      std::memcpy(scratch, x + r * cols + begin, sizeof(float) * static_cast<std::size_t>(count));
      for (std::int64_t c = 0; c < count; ++c) sum += scratch[c] * scratch[c];
    }
    for (std::int64_t c = 0; c < cols; ++c)
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
  }
}

}  // namespace ops
