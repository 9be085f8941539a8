// SPDX-License-Identifier: MIT
// Inline assembly writes memory that the compiler does not see being written; the clobber says so.
//! operator: saxpy
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
#if defined(__x86_64__)
  for (std::int64_t i = 0; i < n; ++i) {
    asm volatile(
        "movss %1, %%xmm7\n\t"
        "mulss %2, %%xmm7\n\t"
        "addss %3, %%xmm7\n\t"
        "movss %%xmm7, (%0)"
        :
        : "r"(z + i), "x"(a), "m"(x[i]), "m"(y[i])
        : "xmm7", "memory");
  }
#else
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
#endif
}

}  // namespace ops
