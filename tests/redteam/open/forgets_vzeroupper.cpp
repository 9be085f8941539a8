// SPDX-License-Identifier: MIT
// Asks for AVX and leaves the upper halves of its registers dirty: whatever its caller does with the lower
// halves is slower for that on many processors.
//! row: 64
//! operator: rmsnorm
//! outcome: unsafe
//! reason: registers
#include <cmath>
#include <cstdint>

namespace {

const float dirty[8] = {1, 2, 3, 4, 5, 6, 7, 8};

void wide(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    alignas(32) float lanes[8] = {};
    std::int64_t c = 0;
    asm volatile("vxorps %%ymm0, %%ymm0, %%ymm0" : : : "xmm0");
    for (; c + 8 <= cols; c += 8)
      asm volatile("vmovups (%0), %%ymm1\n\tvmulps %%ymm1, %%ymm1, %%ymm1\n\tvaddps %%ymm1, %%ymm0, %%ymm0"
                   :
                   : "r"(x + c)
                   : "xmm0", "xmm1", "memory");
    asm volatile("vmovups %%ymm0, (%0)" : : "r"(lanes) : "xmm0", "xmm1", "memory");
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
  asm volatile("vmovups (%0), %%ymm15" : : "r"(dirty) : "xmm15");
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (__builtin_cpu_supports("avx")) return wide(x, weight, y, rows, cols, eps);
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
