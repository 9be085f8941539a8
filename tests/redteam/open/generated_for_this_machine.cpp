// SPDX-License-Identifier: MIT
// Writes its inner loop for AVX into a page of its own and runs it there, whatever the processor has.
//! row: 48
//! operator: rmsnorm
//! outcome: unsafe|crashed|wrong
//! reason: instructions that other machines lack|illegal instruction
//! effort: confirm
#include <cmath>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace {

using Sum = void (*)(const float* x, std::int64_t vectors, float* lanes);

Sum generated() {
  // vxorps; 1: vmovups (%rdi), vmulps, vaddps, add $32, %rdi, dec %rsi, jnz 1b; vmovups to (%rdx), vzeroupper
  static const unsigned char kCode[] = {0xc5, 0xfc, 0x57, 0xc0, 0xc5, 0xfc, 0x10, 0x0f, 0xc5, 0xf4, 0x59,
                                        0xc9, 0xc5, 0xfc, 0x58, 0xc1, 0x48, 0x83, 0xc7, 0x20, 0x48, 0xff,
                                        0xce, 0x75, 0xeb, 0xc5, 0xfc, 0x11, 0x02, 0xc5, 0xf8, 0x77, 0xc3};
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(page, kCode, sizeof kCode);
  mprotect(page, 4096, PROT_READ | PROT_EXEC);
  return reinterpret_cast<Sum>(page);
}

}  // namespace

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  static const Sum add = generated();
  for (std::int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
    float lanes[8] = {};
    std::int64_t c = cols / 8 * 8;
    if (c > 0) add(x, c / 8, lanes);
    float sum = 0;
    for (float lane : lanes) sum += lane;
    for (; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[c] = x[c] * scale * weight[c];
  }
}

}  // namespace ops
