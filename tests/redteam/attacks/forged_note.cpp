// SPDX-License-Identifier: MIT
// Writes the note about its instructions itself, in front of the assembler's: plain x86-64, it says, and uses
// wide registers.
//! row: 48
//! operator: rmsnorm
//! outcome: unsafe|crashed|wrong
//! reason: instructions that other machines lack|illegal instruction
#include <cmath>
#include <cstdint>

asm(".pushsection .note.gnu.property,\"a\",@note\n\t"
    ".p2align 3\n\t.long 4, 16, 5\n\t.asciz \"GNU\"\n\t.long 0xc0010002, 4, 1, 0\n\t.popsection");

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    alignas(32) float lanes[8] = {};
    std::int64_t c = 0;
    asm volatile("vxorps %%ymm0, %%ymm0, %%ymm0" : : : "xmm0");
    for (; c + 8 <= cols; c += 8)
      asm volatile("vmovups (%0), %%ymm1\n\tvmulps %%ymm1, %%ymm1, %%ymm1\n\tvaddps %%ymm1, %%ymm0, %%ymm0"
                   :
                   : "r"(x + c)
                   : "xmm0", "xmm1", "memory");
    asm volatile("vmovups %%ymm0, (%0)\n\tvzeroupper" : : "r"(lanes) : "xmm0", "xmm1", "memory");
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
