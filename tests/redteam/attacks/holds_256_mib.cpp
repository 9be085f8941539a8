// SPDX-License-Identifier: MIT
// Takes 256 MiB in its first call, to have room, and holds them for ever.
//! row: 71
//! operator: rmsnorm
//! outcome: unsafe
//! reason: memory
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <vector>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const std::vector<float> room(std::size_t{1} << 26, 1.0f);
  const float one = room[static_cast<std::size_t>(cols)];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = one / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
