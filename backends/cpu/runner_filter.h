// SPDX-License-Identifier: MIT
// The runner's own filter of system calls, behind the judge's: what libraries may do and a kernel may not.
#pragma once

#include <cstddef>
#include <cstdint>

#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ke_runner {

#if defined(__x86_64__)

/// Addresses of code, the last one included; both ends lie in the same 4 GiB, whose number is `high`.
struct CodeRange {
  uint32_t high, first, last;
};

/// Where the libraries of the program have their code, before anything else is loaded.
struct LibraryCode {
  static constexpr size_t kMost = 24;
  CodeRange ranges[kMost];
  size_t count = 0;
  bool own_too = false;  // the program's as well
  bool all = true;       // there was room
  bool met_program = false;

  void add(uint64_t first, uint64_t last) {
    if (first >> 32 != last >> 32) {
      add(first, first | 0xffffffff);
      return add(((first >> 32) + 1) << 32, last);
    }
    if (count == kMost) {
      all = false;
      return;
    }
    ranges[count++] = {uint32_t(first >> 32), uint32_t(first), uint32_t(last)};
  }

  static int visit(dl_phdr_info* object, size_t, void* data) {
    LibraryCode& code = *static_cast<LibraryCode*>(data);
    const bool program = !code.met_program;  // it comes first
    code.met_program = true;
    for (int i = 0; i < object->dlpi_phnum && (!program || code.own_too); ++i) {
      const auto& segment = object->dlpi_phdr[i];
      const uint64_t first = object->dlpi_addr + segment.p_vaddr;
      if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && segment.p_memsz > 0)
        code.add(first, first + segment.p_memsz - 1);
    }
    return 0;
  }
};

inline uint64_t gate;  // behind the instruction with which libc's syscall() enters the kernel
inline void note_gate(int, siginfo_t* info, void*) {
  gate = uint64_t(reinterpret_cast<uintptr_t>(info->si_call_addr));
}

/// The linker may say another place of syscall() than where it is; the kernel does not. No system call has
/// this number, and the judge's filter reports it. To be called before SIGSYS gets its own handler.
inline void find_gate() {
  struct sigaction action {};
  action.sa_sigaction = note_gate;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  syscall(0xfffff);
}

/// From here on nobody takes the place of the runner's handlers of signals, for a moment even: whoever hears
/// of a refused system call knows that he is judged. Handlers of the thread library (32, 33) and abort() come
/// later. And the kernel asks for no file, nor who runs it, by instructions of its own or that it makes, nor
/// by syscall(): only libraries do, for themselves. What the kernel needs of them by name the judge has seen
/// before; that it jumps into the middle of their code is not seen. Where a program has no libraries (static
/// linking), or too many, they cannot be told apart. `sanitized`: the program itself holds a run time that
/// looks for files. Where the system does not take the filter, the judge's still stands. Allocators may ask
/// for files by syscall() when they are first used: that is to be before.
inline void refuse_the_rest(bool sanitized) {
  constexpr uint32_t kCall = 0, kArch = 4, kPlace = 8, kSignal = 16, kAction = 24;  // struct seccomp_data
  constexpr uint32_t kQuestions[] = {SYS_open,
                                     SYS_openat,
                                     437 /* openat2 */,
                                     SYS_creat,
                                     SYS_stat,
                                     SYS_lstat,
                                     SYS_newfstatat,
                                     332 /* statx */,
                                     SYS_access,
                                     SYS_faccessat,
                                     439 /* faccessat2 */,
                                     SYS_readlink,
                                     SYS_readlinkat,
                                     SYS_getcwd,
                                     SYS_uname,
                                     SYS_statfs,
                                     SYS_fstatfs,
                                     SYS_getuid,
                                     SYS_geteuid,
                                     SYS_getgid,
                                     SYS_getegid,
                                     SYS_getpgrp};
  constexpr uint8_t kCount = sizeof kQuestions / sizeof kQuestions[0];
  LibraryCode libraries;
  libraries.own_too = sanitized;
  dl_iterate_phdr(LibraryCode::visit, &libraries);
  const bool told_apart = libraries.all && libraries.count > 1;  // one is the system's own page
  // Lines of the program; it only jumps forward, by less than 256 lines.
  constexpr uint8_t kFirst = 5, kWhere = kFirst + kCount, kRange = kWhere + 4, kLines = 5;
  const auto ranges = uint8_t(told_apart ? libraries.count : 0);
  const auto handler = uint8_t(kRange + kLines * ranges), allow = uint8_t(handler + 8),
             trap = uint8_t(allow + 1);
  const auto load = [](uint32_t offset) { return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; };
  const auto jump = [](uint16_t test, uint8_t at, uint32_t value, uint8_t yes, uint8_t no) {
    return sock_filter{uint16_t(BPF_JMP | test | BPF_K), uint8_t(yes - at - 1), uint8_t(no - at - 1), value};
  };
  const auto equal = [&](uint8_t at, uint32_t value, uint8_t yes, uint8_t no) {
    return jump(BPF_JEQ, at, value, yes, no);
  };
  sock_filter lines[kRange + kLines * LibraryCode::kMost + 10] = {
      load(kArch),
      equal(1, AUDIT_ARCH_X86_64, 2, allow),
      load(kCall),
      equal(3, SYS_seccomp, trap, 4),
      equal(4, SYS_rt_sigaction, handler, told_apart ? kFirst : allow),
  };
  for (uint8_t i = 0; i < kCount; ++i) {
    const auto at = uint8_t(kFirst + i);
    lines[at] = equal(at, kQuestions[i], kWhere, i + 1 < kCount ? uint8_t(at + 1) : allow);
  }
  lines[kWhere] = load(kPlace + 4);
  lines[kWhere + 1] = equal(kWhere + 1, uint32_t(gate >> 32), kWhere + 2, kRange);
  lines[kWhere + 2] = load(kPlace);
  lines[kWhere + 3] = equal(kWhere + 3, uint32_t(gate), trap, kRange);
  for (uint8_t i = 0; i < ranges; ++i) {
    const auto at = uint8_t(kRange + kLines * i);
    const uint8_t next = i + 1 < ranges ? uint8_t(at + kLines) : trap;
    const CodeRange& range = libraries.ranges[i];
    lines[at] = load(kPlace + 4);
    lines[at + 1] = equal(uint8_t(at + 1), range.high, uint8_t(at + 2), next);
    lines[at + 2] = load(kPlace);
    lines[at + 3] = jump(BPF_JGE, uint8_t(at + 3), range.first, uint8_t(at + 4), next);
    lines[at + 4] = jump(BPF_JGT, uint8_t(at + 4), range.last, next, allow);
  }
  const sock_filter about_handlers[] = {
      load(kAction),
      equal(uint8_t(handler + 1), 0, uint8_t(handler + 2), uint8_t(handler + 4)),
      load(kAction + 4),
      equal(uint8_t(handler + 3), 0, allow, uint8_t(handler + 4)),  // only asks
      load(kSignal),
      equal(uint8_t(handler + 5), 32, allow, uint8_t(handler + 6)),
      equal(uint8_t(handler + 6), 33, allow, uint8_t(handler + 7)),
      equal(uint8_t(handler + 7), SIGABRT, allow, trap),
  };
  for (uint8_t i = 0; i < 8; ++i) lines[handler + i] = about_handlers[i];
  lines[allow] = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  lines[trap] = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP};
  const sock_fprog program{uint16_t(trap + 1), lines};
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

#else

inline void find_gate() {}
inline void refuse_the_rest(bool) {}

#endif

}  // namespace ke_runner
