// SPDX-License-Identifier: MIT
// Wide registers by the bytes of their instructions, of which the assembler takes no note. Nobody asks
// whether the processor has them.
//! row: 48
//! operator: rmsnorm
//! outcome: unsafe|crashed|wrong
//! reason: instructions that other machines lack|illegal instruction
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    alignas(32) float lanes[8] = {};
    std::int64_t c = 0;
    asm volatile(".byte 0xc5, 0xfc, 0x57, 0xc0" : : : "xmm0");
    for (; c + 8 <= cols; c += 8)
      asm volatile(".byte 0xc5, 0xfc, 0x10, 0x0f, 0xc5, 0xf4, 0x59, 0xc9, 0xc5, 0xfc, 0x58, 0xc1"
                   :
                   : "D"(x + c)
                   : "xmm0", "xmm1", "memory");
    asm volatile(".byte 0xc5, 0xfc, 0x11, 0x07, 0xc5, 0xf8, 0x77" : : "D"(lanes) : "xmm0", "xmm1", "memory");
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
