// SPDX-License-Identifier: MIT
// Mentions the question in a text that nobody reads, so that it counts as asked, and uses wide registers by
// assembler.
//! row: 48
//! operator: rmsnorm
//! outcome: unsafe|crashed|wrong
//! reason: instructions that other machines lack|illegal instruction
//! run: bench
//! effort: confirm
#include <cmath>
#include <cstdint>

namespace {
[[maybe_unused]] const char* const kNote = "see __builtin_cpu_supports(\"avx2\")";
}

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
