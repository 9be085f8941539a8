// SPDX-License-Identifier: MIT
// System calls without libc, all made by one instruction, and the filter that knows its address.
#pragma once

#if !defined(__x86_64__)
#error "the pure level is there for x86-64 only"
#endif

#include <cstddef>
#include <cstdint>

#include <elf.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>

asm(R"(
.text
.globl _start
_start:
  xor %ebp, %ebp
  mov %rsp, %rdi
  and $-16, %rsp
  call ke_pure_begin
  ud2
.globl ke_pure_system_call
ke_pure_system_call:            # (number, a, b, c, d, e, f), as the C calling convention has them
  mov %rdi, %rax
  mov %rsi, %rdi
  mov %rdx, %rsi
  mov %rcx, %rdx
  mov %r8, %r10
  mov %r9, %r8
  mov 8(%rsp), %r9
  syscall
.globl ke_pure_after_system_call
ke_pure_after_system_call:
  ret
)");

extern "C" long ke_pure_system_call(long number, long a, long b, long c, long d, long e, long f);
extern "C" const char ke_pure_after_system_call[], ke_pure_after_futex[];
extern "C" [[noreturn]] void ke_pure_enter();

// What compilers call for loops and copies of their own.
extern "C" inline __attribute__((used)) void* memset(void* to, int value, size_t bytes) {
  void* const begin = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
  return begin;
}
extern "C" inline __attribute__((used)) void* memcpy(void* to, const void* from, size_t bytes) {
  void* const begin = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
  return begin;
}

namespace ke_pure {

struct AddressRange {
  uint64_t begin, bytes;
  bool holds(uint64_t address) const { return address - begin < bytes; }
};

inline long system_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  return ke_pure_system_call(number, a, b, c, d, e, f);
}

[[noreturn]] inline void give_up(int status) {
  system_call(SYS_exit_group, status);
  __builtin_trap();
}

inline void must(long result, int status) {
  if (result < 0) give_up(status);
}

inline void* map(void* at, uint64_t bytes, int protection, int flags, int file, uint64_t offset) {
  const long address = system_call(SYS_mmap, long(at), long(bytes), protection, flags, file, long(offset));
  if (address < 0 && address > -4096) give_up(120);
  return reinterpret_cast<void*>(address);
}

inline void protect(void* at, uint64_t bytes, int protection) {
  must(system_call(SYS_mprotect, long(at), long(bytes), protection), 120);
}

inline void unmap(AddressRange range) {
  must(system_call(SYS_munmap, long(range.begin), long(range.bytes)), 120);
}

/// The kernel's structure, which libc's differs from. Handlers never return, so that `restorer` is not used.
inline void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct {
    void (*handler)(int, siginfo_t*, void*);
    unsigned long flags;
    void (*restorer)();
    unsigned long mask;
  } const action = {handler, SA_SIGINFO | SA_ONSTACK | 0x04000000ul, [] { give_up(119); }, 0};
  must(system_call(SYS_rt_sigaction, signal, long(&action), 0, 8), 123);
}

[[noreturn]] inline void jump_to_stack(uint64_t top) {
  asm volatile("mov %0, %%rsp\n xor %%ebp, %%ebp\n call ke_pure_enter\n ud2" : : "r"(top) : "memory");
  __builtin_unreachable();
}

constexpr uint8_t kRefuse = 23, kAllow = 24;  // lines of the filter below

/// What stays allowed: waiting on one word and waking who waits on two others.
struct HandShake {
  uint64_t wait_on, wake[2];  // the two lie on one page
};

inline void load_filter(const HandShake& allowed) {
  const auto low = [](uint64_t word) { return uint32_t(word); };
  const auto high = [](uint64_t word) { return uint32_t(word >> 32); };
  constexpr uint32_t kCall = 0, kArch = 4, kPlace = 8, kFirst = 16, kSecond = 24;  // struct seccomp_data
  // A comparison at line `at`: on to the next line, or to another one.
  const auto equal = [](uint8_t at, uint32_t value, uint8_t yes = 0, uint8_t no = kRefuse) {
    const auto distance = [&](uint8_t target) { return uint8_t(target == 0 ? 0 : target - at - 1); };
    return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, distance(yes), distance(no), value};
  };
  const auto load = [](uint32_t offset) { return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; };
  const uint32_t futex_place = low(uint64_t(ke_pure_after_futex));
  const uint32_t end_place = low(uint64_t(ke_pure_after_system_call));
  sock_filter lines[] = {
      load(kArch),
      equal(1, AUDIT_ARCH_X86_64),
      load(kPlace + 4),
      equal(3, 0),  // this program lies in the lowest 2 GiB
      load(kPlace),
      equal(5, futex_place, 9, 6),
      equal(6, end_place),
      load(kCall),
      equal(8, SYS_exit_group, kAllow),
      load(kCall),
      equal(10, SYS_futex),
      load(kSecond),
      equal(12, FUTEX_WAIT, 0, 17),
      load(kFirst),
      equal(14, low(allowed.wait_on)),
      load(kFirst + 4),
      equal(16, high(allowed.wait_on), kAllow),
      equal(17, FUTEX_WAKE),
      load(kFirst + 4),
      equal(19, high(allowed.wake[0])),
      load(kFirst),
      equal(21, low(allowed.wake[0]), kAllow, 22),
      equal(22, low(allowed.wake[1]), kAllow),
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  static_assert(sizeof lines / sizeof lines[0] == kAllow + 1, "the two answers come last");
  const sock_fprog program{sizeof lines / sizeof lines[0], lines};
  must(system_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, long(&program)),
       126);
}

}  // namespace ke_pure
