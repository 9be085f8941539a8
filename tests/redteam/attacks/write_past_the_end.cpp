// SPDX-License-Identifier: MIT
// Stores whole vectors, past the end of the output too where the page has room.
//! row: 58
//! operator: rmsnorm
//! outcome: unsafe
//! reason: wrote outside its outputs
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  float* end = y + rows * cols;
  for (int i = 0; i < 4 && (reinterpret_cast<std::uintptr_t>(end + i) & 4095) != 0; ++i) end[i] = 0;
}

}  // namespace ops
