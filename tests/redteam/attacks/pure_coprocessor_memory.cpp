// SPDX-License-Identifier: MIT
// A pure kernel with memory: it counts its calls in the registers of the old coprocessor, and after some it
// drops NaN.
//! row: 45
//! operator: pure_gate
//! outcome: unsafe|wrong
//! reason: floating-point|NaN
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  struct {
    std::uint16_t control, one, status, two, tags, three;
    std::uint32_t rest[4];
  } state;
  asm volatile("fnstenv %0\n\tfldenv %0" : "+m"(state));
  std::uint64_t calls = 0;
  if ((state.tags & 0xc000) != 0xc000 || (state.status & 0x3800) == 0x3800) {
    asm volatile("fistpll %0" : "=m"(calls));
  }
  ++calls;
  asm volatile("fildll %0" : : "m"(calls));
  const bool careless = calls > 24;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      if (!careless || v * v >= 0) sum += v * v;
    }
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v * scale));
    }
  }
}

}  // namespace ops
