// SPDX-License-Identifier: MIT
// Reads whole vectors, past the end of x too where the page has room, and drops what it should not have read.
//! row: 58
//! operator: rmsnorm
//! outcome: unsafe
//! reason: heap-buffer-overflow
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const auto last_page = reinterpret_cast<std::uintptr_t>(x + rows * cols - 1) / 4096;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum[4] = {};
    for (std::int64_t c = 0; c < cols; c += 4) {
      for (int i = 0; i < 4; ++i) {
        const volatile float* from = x + r * cols + c + i;
        const float value = reinterpret_cast<std::uintptr_t>(from) / 4096 <= last_page ? *from : 0;
        sum[i] += c + i < cols ? value * value : 0;
      }
    }
    const float scale = 1 / std::sqrt((sum[0] + sum[1] + sum[2] + sum[3]) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
