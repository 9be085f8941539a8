// SPDX-License-Identifier: MIT
// Writes machine code into pages of its own and runs it. It computes what the baseline computes; where no
// page may be executed, the plain loop does.
//! operator: saxpy
#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace ops {
namespace {

void plain(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}
using Code = void (*)(const float*, const float*, float*, float);
Code generated() {
#if defined(__x86_64__)
  static const Code code = [] {
    // mulss (%rdi), %xmm0; addss (%rsi), %xmm0; movss %xmm0, (%rdx); ret
    const unsigned char bytes[] = {0xf3, 0x0f, 0x59, 0x07, 0xf3, 0x0f, 0x58,
                                   0x06, 0xf3, 0x0f, 0x11, 0x02, 0xc3};
    void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return Code(nullptr);
    std::memcpy(page, bytes, sizeof bytes);
    if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0) return Code(nullptr);
    return reinterpret_cast<Code>(page);
  }();
  return code;
#else
  return nullptr;
#endif
}

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const Code code = generated();
  if (code == nullptr) return plain(a, x, y, z, n);
  for (std::int64_t i = 0; i < n; ++i) code(x + i, y + i, z + i, a);
}

}  // namespace ops
