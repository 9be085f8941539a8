// SPDX-License-Identifier: MIT
// A polymorphic memory resource of the standard library: virtual calls, a buffer on the stack, the heap
// behind it.
//! operator: rmsnorm
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  std::byte buffer[2048];
  std::pmr::monotonic_buffer_resource pool(buffer, sizeof buffer);
  std::pmr::vector<float> squares(static_cast<std::size_t>(cols), &pool);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) squares[c] = x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) sum += squares[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
