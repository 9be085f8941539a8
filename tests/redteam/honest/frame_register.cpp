// SPDX-License-Identifier: MIT
// Hand-written assembly that uses every register, the frame pointer among them, and saves it by declaring
// it.
//! operator: saxpy
//! effort: confirm
//! run: bench
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
#if defined(__x86_64__)
  if (n <= 0) return;
  asm volatile(
      "xor %%ebp, %%ebp\n"
      "1:\n\t"
      "movss (%0, %%rbp, 4), %%xmm7\n\t"
      "mulss %4, %%xmm7\n\t"
      "addss (%1, %%rbp, 4), %%xmm7\n\t"
      "movss %%xmm7, (%2, %%rbp, 4)\n\t"
      "inc %%rbp\n\t"
      "cmp %3, %%rbp\n\t"
      "jl 1b"
      :
      : "r"(x), "r"(y), "r"(z), "r"(n), "x"(a)
      : "rbp", "xmm7", "cc", "memory");
#else
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
#endif
}

}  // namespace ops
