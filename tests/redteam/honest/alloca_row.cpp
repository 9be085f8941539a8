// SPDX-License-Identifier: MIT
// alloca() moves the stack pointer by an amount that depends on the input. Long rows take the heap, so that
// the stack cannot run out.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <vector>

#include <alloca.h>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::vector<float> heap(cols > 4096 ? static_cast<std::size_t>(cols) : 0);
  float* squares =
      cols > 4096 ? heap.data() : static_cast<float*>(alloca(static_cast<std::size_t>(cols) * 4 + 4));
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
