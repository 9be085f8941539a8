// SPDX-License-Identifier: MIT
// A weak operator new hands out the same memory again and again, to everybody in the program.
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: takes the place
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace {

alignas(64) char arena[1 << 20];

}  // namespace

__attribute__((weak)) void* operator new(std::size_t) { return arena; }
__attribute__((weak)) void operator delete(void*) noexcept {}
__attribute__((weak)) void operator delete(void*, std::size_t) noexcept {}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  float* scale = new float[1024];
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
  delete[] scale;
}

}  // namespace ops
