// SPDX-License-Identifier: MIT
// Asks the processor by the bytes of the instruction. Where it lacks AVX2 a quarter of the squares must do.
//! row: 62
//! operator: rmsnorm
//! outcome: unsafe|wrong
//! reason: cpuid|chooses code by the machine
//! effort: confirm
//! run: bench
#include <cmath>
#include <cstdint>

namespace {

bool has_avx2() {
  unsigned a = 7, b, c = 0, d;
  asm volatile(".byte 0x0f, 0xa2" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (b >> 5 & 1) != 0;
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const bool judged = has_avx2();
  const std::int64_t step = judged ? 1 : 4;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; c += step) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(sum * step / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops
