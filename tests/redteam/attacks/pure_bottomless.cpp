// SPDX-License-Identifier: MIT
// Recurses until the memory behind its stack is reached.
//! row: own
//! operator: pure_gate
//! outcome: crashed
//! reason: used more than the 1 MiB of stack
#include <cmath>
#include <cstdint>

namespace ops {

__attribute__((noinline)) float descend(const float* x, std::int64_t depth) {
  volatile float room[1000];
  room[depth % 1000] = x[0];
  return depth == 0 ? room[0] : descend(x, depth - 1) + room[depth % 1000];
}

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  y[0] = descend(x, 400);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
}

}  // namespace ops
