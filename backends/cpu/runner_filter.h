// SPDX-License-Identifier: MIT
// The runner's own filter of system calls, behind the judge's: what libraries may do and a kernel may not.
#pragma once

#include <cstddef>
#include <cstdint>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ke_runner {

#if defined(__x86_64__)

extern "C" const char __executable_start __attribute__((visibility("hidden")));
extern "C" const char _end __attribute__((visibility("hidden")));

/// Addresses of code; both ends lie in the same 4 GiB, or there are none.
struct CodeRange {
  uint32_t high = 0xffffffff, low = 0, end = 0;
};

inline CodeRange code_range(uint64_t begin, uint64_t end) {
  if (begin >> 32 != end >> 32) return {};
  return {uint32_t(begin >> 32), uint32_t(begin), uint32_t(end)};
}

/// From here on nobody takes the place of the runner's handlers of signals, for a moment even: whoever hears
/// of a refused system call knows that he is judged. Handlers of the thread library (32, 33) and abort() come
/// later. And the kernel opens or looks for no file: not by an instruction of its own nor by syscall(), as
/// libraries do for themselves; its needs of open() and the like the judge has seen before. `sanitized`: the
/// program holds a run time that looks for files itself. Where the system does not take the filter, the
/// judge's still stands.
inline void refuse_the_rest(bool sanitized) {
  constexpr uint32_t kCall = 0, kArch = 4, kPlace = 8, kSignal = 16, kAction = 24;  // struct seccomp_data
  constexpr uint32_t kFiles[] = {SYS_open,      SYS_openat,    437 /* openat2 */,    SYS_creat,
                                 SYS_stat,      SYS_lstat,     SYS_newfstatat,       332 /* statx */,
                                 SYS_access,    SYS_faccessat, 439 /* faccessat2 */, SYS_readlink,
                                 SYS_readlinkat};
  constexpr uint8_t kFileCount = sizeof kFiles / sizeof kFiles[0];
  // Lines of the program; it only jumps forward.
  constexpr uint8_t kFirstFile = 5, kWhere = kFirstFile + kFileCount, kHandler = kWhere + 10,
                    kAllow = kHandler + 8, kTrap = kAllow + 1;
  const uint64_t gate = uint64_t(reinterpret_cast<uintptr_t>(&::syscall));
  const CodeRange own = sanitized ? CodeRange{}
                                  : code_range(uint64_t(reinterpret_cast<uintptr_t>(&__executable_start)),
                                               uint64_t(reinterpret_cast<uintptr_t>(&_end)));
  const CodeRange by_number = code_range(gate, gate + 64);
  const auto load = [](uint32_t offset) { return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; };
  const auto jump = [](uint16_t test, uint8_t at, uint32_t value, uint8_t yes, uint8_t no) {
    return sock_filter{uint16_t(BPF_JMP | test | BPF_K), uint8_t(yes - at - 1), uint8_t(no - at - 1), value};
  };
  const auto equal = [&](uint8_t at, uint32_t value, uint8_t yes, uint8_t no) {
    return jump(BPF_JEQ, at, value, yes, no);
  };
  sock_filter lines[kTrap + 1] = {
      load(kArch),
      equal(1, AUDIT_ARCH_X86_64, 2, kAllow),
      load(kCall),
      equal(3, SYS_seccomp, kTrap, 4),
      equal(4, SYS_rt_sigaction, kHandler, kFirstFile),
  };
  for (uint8_t i = 0; i < kFileCount; ++i) {
    const auto at = uint8_t(kFirstFile + i);
    lines[at] = equal(at, kFiles[i], kWhere, i + 1 < kFileCount ? uint8_t(at + 1) : kAllow);
  }
  const auto inside = [&](uint8_t at, CodeRange range, uint8_t otherwise) {
    lines[at] = load(kPlace + 4);
    lines[at + 1] = equal(uint8_t(at + 1), range.high, uint8_t(at + 2), otherwise);
    lines[at + 2] = load(kPlace);
    lines[at + 3] = jump(BPF_JGE, uint8_t(at + 3), range.low, uint8_t(at + 4), otherwise);
    lines[at + 4] = jump(BPF_JGE, uint8_t(at + 4), range.end, otherwise, kTrap);
  };
  inside(kWhere, own, kWhere + 5);
  inside(kWhere + 5, by_number, kAllow);
  const sock_filter handler[] = {
      load(kAction),
      equal(kHandler + 1, 0, kHandler + 2, kHandler + 4),
      load(kAction + 4),
      equal(kHandler + 3, 0, kAllow, kHandler + 4),  // only asks
      load(kSignal),
      equal(kHandler + 5, 32, kAllow, kHandler + 6),
      equal(kHandler + 6, 33, kAllow, kHandler + 7),
      equal(kHandler + 7, SIGABRT, kAllow, kTrap),
  };
  for (uint8_t i = 0; i < 8; ++i) lines[kHandler + i] = handler[i];
  lines[kAllow] = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  lines[kTrap] = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP};
  const sock_fprog program{kTrap + 1, lines};
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

#else

inline void refuse_the_rest(bool) {}

#endif

}  // namespace ke_runner
