// SPDX-License-Identifier: MIT
// A weak malloc that never frees takes the place of the C library's in the whole program.
//! row: 7
//! operator: rmsnorm
//! outcome: unsafe
//! reason: takes the place
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace {

alignas(64) char arena[64 << 20];
std::size_t used = 0;

}  // namespace

extern "C" __attribute__((weak)) void* malloc(std::size_t bytes) {
  void* const place = arena + used;
  used = (used + bytes + 63) / 64 * 64 % (sizeof arena / 2);
  return place;
}
extern "C" __attribute__((weak)) void free(void*) {}

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
