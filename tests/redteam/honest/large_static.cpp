// SPDX-License-Identifier: MIT
// 64 MiB of zero-initialised memory for each thread, of which a row's length is ever touched.
//! operator: rmsnorm
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {

thread_local float panel[16 << 20];

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::int64_t room = 16 << 20;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t begin = 0; begin < cols; begin += room) {
      const std::int64_t count = std::min(room, cols - begin);
      std::transform(x + r * cols + begin, x + r * cols + begin + count, panel,
                     [](float v) { return v * v; });
      for (std::int64_t c = 0; c < count; ++c) sum += panel[c];
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
