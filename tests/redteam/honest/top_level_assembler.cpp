// SPDX-License-Identifier: MIT
// The loop is a function written in assembly outside of every other, with its symbol's type and size.
//! operator: saxpy
#include <cstdint>

#if defined(__x86_64__)
extern "C" void saxpy_loop_of_ours(float a, const float* x, const float* y, float* z, std::int64_t n);
asm(R"(
        .pushsection .text
        .p2align 5
        .type   saxpy_loop_of_ours, @function
saxpy_loop_of_ours:
        .cfi_startproc
        xorl    %eax, %eax              # i = 0
        testq   %rcx, %rcx
        jle     2f
        .p2align 4,,10
1:      movss   (%rdi,%rax,4), %xmm1
        mulss   %xmm0, %xmm1
        addss   (%rsi,%rax,4), %xmm1
        movss   %xmm1, (%rdx,%rax,4)
        incq    %rax
        cmpq    %rcx, %rax
        jne     1b
2:      ret
        .cfi_endproc
        .size   saxpy_loop_of_ours, .-saxpy_loop_of_ours
        .popsection
)");
#endif

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
#if defined(__x86_64__)
  saxpy_loop_of_ours(a, x, y, z, n);
#else
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
#endif
}

}  // namespace ops
