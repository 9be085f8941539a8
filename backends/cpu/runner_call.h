// SPDX-License-Identifier: MIT
// What is each processor's own: how the runner calls the kernel, so that what a call does not give back is
// seen, and what registers say when a system call was refused.
#pragma once

#include <cstdint>

#include <ucontext.h>

extern "C" void ke_call(void* const* arguments);

#if defined(__x86_64__)
// Calls the kernel with marks in the registers that a function must give back as they were (System V
// ABI, 3.2.1), and answers which bits of them differ afterwards. Nothing on the way back to the caller hangs
// on them.
extern "C" uint64_t ke_call_marked(void* const* arguments) __attribute__((visibility("hidden")));
__asm__(
    ".pushsection .text.ke_call_marked,\"ax\",@progbits\n"
    ".globl ke_call_marked\n.hidden ke_call_marked\n.type ke_call_marked, @function\n"
    "ke_call_marked:\n\t.cfi_startproc\n\tendbr64\n"
    "\tpushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\tsubq $8, %rsp\n"
    "\t.cfi_def_cfa_offset 64\n"
    "\tmovl $0x6b657231, %ebx\n\tmovl $0x6b657232, %ebp\n\tmovl $0x6b657233, %r12d\n"
    "\tmovl $0x6b657234, %r13d\n\tmovl $0x6b657235, %r14d\n\tmovl $0x6b657236, %r15d\n"
    "\tcall ke_call@PLT\n"
    "\txorq $0x6b657231, %rbx\n\txorq $0x6b657232, %rbp\n\txorq $0x6b657233, %r12\n"
    "\txorq $0x6b657234, %r13\n\txorq $0x6b657235, %r14\n\txorq $0x6b657236, %r15\n"
    "\tmovq %rbx, %rax\n\torq %rbp, %rax\n\torq %r12, %rax\n\torq %r13, %rax\n\torq %r14, %rax\n\torq %r15, "
    "%rax\n"
    "\taddq $8, %rsp\n\tpopq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbx\n\tpopq %rbp\n"
    "\tret\n\t.cfi_endproc\n.size ke_call_marked, .-ke_call_marked\n.popsection\n");

#else
inline uint64_t ke_call_marked(void* const* arguments) {
  ke_call(arguments);
  return 0;
}
#endif

/// Of a refused system call; of clone these are the flags. All bits where they are not known.
inline uint32_t first_argument(const void* context) {
#if defined(__x86_64__)
  return uint32_t(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RDI]);
#elif defined(__aarch64__)
  return uint32_t(static_cast<const ucontext_t*>(context)->uc_mcontext.regs[0]);
#else
  (void)context;
  return ~0u;
#endif
}

/// As programs set it that have no use for subnormal numbers; other modes would change what kernels round.
inline void flush_subnormals() {
#if defined(__x86_64__)
  constexpr uint32_t kFlushToZero = 0x8000, kDenormalsAreZero = 0x40;
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | kFlushToZero | kDenormalsAreZero);
#endif
}

/// Rounding and flush modes belong to the caller; a kernel that leaves them changed changes everybody's
/// results.
inline uint64_t float_state() {
#if defined(__x86_64__)
  struct {
    uint16_t control, unused, status, unused_too, tags, unused_as_well;
    uint32_t rest[4];
  } unit;
  __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(unit));
  return (uint64_t(unit.tags) << 48) | (uint64_t(unit.control) << 32) | (__builtin_ia32_stmxcsr() & ~0x3fu);
#elif defined(__aarch64__)
  return __builtin_aarch64_get_fpcr();  // 0 at the start of a process
#else
  return 0;
#endif
}
