// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox_filter.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

// Memory, threads, clocks, reading: what libc, libm, libstdc++ and libgomp use. Landlock decides about paths.
constexpr const char* kRunnerAllowed =
    "access arch_prctl brk clock_getres clock_gettime clock_nanosleep close dup dup2 dup3 "
    "epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 exit exit_group faccessat faccessat2 "
    "fadvise64 fstat futex futex_wait futex_waitv futex_wake get_robust_list getcpu getcwd "
    "getdents64 getegid geteuid getgid getpgrp getpid getpriority getrandom "
    "getrusage gettid gettimeofday getuid lseek lstat membarrier mincore mlock mlock2 mmap "
    "mprotect mremap msync munlock munmap nanosleep newfstatat open openat openat2 pause pipe pipe2 "
    "poll ppoll pselect6 pwrite64 pwritev readlink readlinkat "
    "restart_syscall rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr "
    "sched_getparam sched_getscheduler sched_yield select set_robust_list set_tid_address "
    "stat statx sysinfo time times uname write writev";

// Of these the runner refuses what the kernel itself asks for (backends/cpu/runner_filter.h).
constexpr const char* kRunnerRefuses =
    "access creat faccessat faccessat2 fstatfs getcwd getegid geteuid getgid getpgrp getuid lstat newfstatat "
    "open openat "
    "openat2 readlink readlinkat rt_sigaction stat statfs statx uname";

constexpr const char* kReads = "pread64 preadv preadv2 read readv";

// Honest libraries try these and live without them; the answer is a plain error.
constexpr const char* kRunnerDenied =
    "get_mempolicy sched_setattr sched_setparam sched_setscheduler statfs fstatfs";
// Wishes that everybody else is granted: here they are without effect, and nobody hears of it.
constexpr const char* kRunnerIgnored = "mbind";

constexpr const char* kCompilerDenied =
    "acct add_key adjtimex bpf chroot clock_adjtime clock_settime create_module delete_module "
    "fanotify_init finit_module fsconfig fsmount fsopen fspick init_module io_uring_enter "
    "io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl "
    "lookup_dcookie mbind migrate_pages mknod mknodat mount mount_setattr move_mount move_pages "
    "mq_open msgget name_to_handle_at open_by_handle_at open_tree perf_event_open personality "
    "pidfd_getfd pidfd_open pidfd_send_signal pivot_root process_madvise process_mrelease "
    "process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot request_key rt_sigqueueinfo "
    "rt_tgsigqueueinfo sched_setattr sched_setparam sched_setscheduler seccomp semget set_mempolicy "
    "setns setpriority settimeofday shmget socket socketpair swapoff swapon syslog umount2 unshare "
    "userfaultfd vhangup vmsplice";

class Filter {
 public:
  explicit Filter(uint32_t fallback) : context_(seccomp_init(fallback), seccomp_release) {}

  void add(uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR || !context_ || failure_ != 0) return;  // unknown to this kernel generation
    const std::vector<scmp_arg_cmp> list(conditions);
    const int done =
        seccomp_rule_add_array(context_.get(), action, number, unsigned(list.size()), list.data());
    if (done != 0 && done != -EDOM && done != -EEXIST && done != -EACCES) failure_ = done;
  }
  void add_all(uint32_t action, const char* names) {
    for (const std::string& name : split(names, ' ')) add(action, name.c_str());
  }

  Result<std::vector<sock_filter>> compile() {
    if (!context_) return Error{ErrorCode::refused, "libseccomp cannot start a filter"};
    if (failure_ != 0) {
      return Error{ErrorCode::refused,
                   fmt::format("libseccomp refuses a rule: {}", std::strerror(-failure_))};
    }
    seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE,
                     2);  // binary tree: short paths through the filter
    const int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0) return Error{ErrorCode::io, fmt::format("memfd_create: {}", std::strerror(errno))};
    std::vector<sock_filter> program;
    if (seccomp_export_bpf(context_.get(), file) == 0) {
      const off_t size = lseek(file, 0, SEEK_END);
      program.resize(size_t(size) / sizeof(sock_filter));
      if (pread(file, program.data(), size_t(size), 0) != size) program.clear();
    }
    close(file);
    if (program.empty()) return Error{ErrorCode::refused, "libseccomp cannot export the filter"};
    return program;
  }

 private:
  std::unique_ptr<void, void (*)(void*)> context_;
  int failure_ = 0;
};

uint32_t refuse(int code) { return SCMP_ACT_ERRNO(uint32_t(code)); }
scmp_arg_cmp low_word(unsigned argument, uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffffffffu, value};
}

void add_prctl(Filter& filter) {
  // Whoever asks what it may do wants to know whether it is judged.
  for (const int option : {PR_SET_NAME, PR_GET_NAME}) {
    filter.add(SCMP_ACT_ALLOW, "prctl", {low_word(0, uint64_t(option))});
  }
}

// From every descriptor but 0: the program's input is not a kernel's to read, and may never come.
void add_reading(Filter& filter) {
  for (const std::string& name : split(kReads, ' '))
    for (unsigned bit = 0; bit < 12; ++bit)
      filter.add(SCMP_ACT_ALLOW, name.c_str(),
                 {{0, SCMP_CMP_MASKED_EQ, uint64_t{1} << bit, uint64_t{1} << bit}});
}

void add_runner_rules(Filter& filter, bool one_thread, bool grants_cores) {
  filter.add_all(SCMP_ACT_ALLOW, kRunnerAllowed);
  add_reading(filter);
  filter.add_all(refuse(EPERM), kRunnerDenied);
  filter.add_all(refuse(0), kRunnerIgnored);
  filter.add(grants_cores ? SCMP_ACT_ALLOW : refuse(0), "sched_setaffinity");
  add_prctl(filter);
  // The runner adds a filter of its own before anything of the kernel runs, which takes this away.
  filter.add(SCMP_ACT_ALLOW, "seccomp", {low_word(0, SECCOMP_SET_MODE_FILTER)});
  // Advice about its own view of memory. MADV_REMOVE and MADV_PAGEOUT take pages away from others who share
  // them.
  for (const int advice : {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
                           MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP}) {
    filter.add(SCMP_ACT_ALLOW, "madvise", {low_word(2, uint64_t(advice))});
  }
  // Newer wishes, which older kernels answer like this and honest code lives without.
  for (const int advice : {22 /* POPULATE_READ */, 23 /* POPULATE_WRITE */, 25 /* COLLAPSE */}) {
    filter.add(refuse(EINVAL), "madvise", {low_word(2, uint64_t(advice))});
  }
  // Descriptors' owner signals, leases and directory notes would let others wake a runner that is stopped.
  for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL}) {
    filter.add(SCMP_ACT_ALLOW, "fcntl", {low_word(1, uint64_t(command))});
  }
  // Threads only. The flags of clone3 lie in memory, out of a filter's sight: ENOSYS makes libc take clone.
  if (!one_thread) filter.add(SCMP_ACT_ALLOW, "clone", {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD}});
  filter.add(refuse(ENOSYS), "clone3");
  filter.add(SCMP_ACT_ALLOW, "execveat", {low_word(0, kExecDescriptor), low_word(4, AT_EMPTY_PATH)});
  filter.add(SCMP_ACT_ALLOW, "kill", {low_word(0, kOwnPid)});
  filter.add(SCMP_ACT_ALLOW, "tgkill", {low_word(0, kOwnPid)});
  // Reading only, and what libraries ask for: the other limits are those of a sandbox.
  for (const uint64_t resource : {RLIMIT_STACK, RLIMIT_AS, RLIMIT_DATA, RLIMIT_NOFILE}) {
    filter.add(SCMP_ACT_ALLOW, "prlimit64", {low_word(1, resource), {2, SCMP_CMP_EQ, 0, 0}});
    filter.add(SCMP_ACT_ALLOW, "getrlimit", {low_word(0, resource)});
  }
  filter.add(SCMP_ACT_ALLOW, "ioctl", {low_word(1, TCGETS)});
}

void add_compiler_rules(Filter& filter, bool own_pid_namespace) {
  filter.add_all(refuse(EPERM), kCompilerDenied);
  for (const int option :
       {PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_TSC, PR_SET_MM, PR_SET_PTRACER, PR_SET_PDEATHSIG}) {
    filter.add(refuse(EPERM), "prctl", {low_word(0, uint64_t(option))});
  }
  constexpr uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                   CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  for (uint64_t flag = 1; flag != 0; flag <<= 1) {
    if (kNamespaces & flag) filter.add(refuse(EPERM), "clone", {{0, SCMP_CMP_MASKED_EQ, flag, flag}});
  }
  filter.add(refuse(ENOSYS), "clone3");
  // Everything must stay in the process group that the judge kills: leaving it succeeds without effect, since
  // ninja and shells give up on an error.
  for (const char* name : {"setpgid", "setsid"}) filter.add(refuse(0), name);
  if (!own_pid_namespace) {
    for (const char* name : {"kill", "tkill", "tgkill"}) filter.add(refuse(EPERM), name);
  }
  constexpr uint64_t kSetId[] = {S_ISUID, S_ISGID};
  for (const uint64_t bit : kSetId) {
    filter.add(refuse(EPERM), "chmod", {{1, SCMP_CMP_MASKED_EQ, bit, bit}});
    filter.add(refuse(EPERM), "fchmod", {{1, SCMP_CMP_MASKED_EQ, bit, bit}});
    filter.add(refuse(EPERM), "fchmodat", {{2, SCMP_CMP_MASKED_EQ, bit, bit}});
  }
  filter.add(refuse(EPERM), "ioctl", {low_word(1, TIOCSTI)});
}

}  // namespace

namespace {

Result<std::vector<sock_filter>> compile_filter(SandboxRole role, bool one_thread, bool grants_cores,
                                                bool own_pid_namespace) {
  // A runner's refused call raises SIGSYS: its own handler can then say which call it was, and without one it
  // dies.
  Filter filter(role == SandboxRole::compiler ? SCMP_ACT_ALLOW : SCMP_ACT_TRAP);
  if (role != SandboxRole::compiler) {
    add_runner_rules(filter, one_thread, grants_cores);
    if (role == SandboxRole::pure_runner) {
      filter.add(SCMP_ACT_ALLOW, "prctl", {low_word(0, PR_SET_TSC)});
      filter.add(SCMP_ACT_ALLOW, "sigaltstack");  // its own, before the kernel runs
    }
  } else {
    add_compiler_rules(filter, own_pid_namespace);
  }
  return filter.compile();
}

}  // namespace

Result<std::vector<sock_filter>> make_filter(const SandboxPolicy& policy, bool own_pid_namespace) {
  // Compiling one takes longer than starting a process, and thousands of runners need the same few.
  static std::mutex mutex;
  static std::map<std::tuple<SandboxRole, bool, bool, bool>, std::vector<sock_filter>> made;
  const std::tuple key(policy.role, policy.one_thread, policy.grants_cores, own_pid_namespace);
  const std::lock_guard hold(mutex);
  if (const auto found = made.find(key); found != made.end()) return found->second;
  KE_TRY(auto filter, compile_filter(policy.role, policy.one_thread, policy.grants_cores, own_pid_namespace));
  return made.emplace(key, std::move(filter)).first->second;
}

void patch_filter(sock_filter* filter, size_t length, uint32_t pid) {
  for (size_t i = 0; i < length; ++i) {
    if (filter[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && filter[i].k == kOwnPid) filter[i].k = pid;
  }
}

bool is_runner_call(int number) {
  const std::vector<std::string> own = split(kRunnerRefuses, ' ');
  if (std::find(own.begin(), own.end(), system_call_name(number)) != own.end()) return false;
  const std::vector<std::string> names = split(kRunnerAllowed, ' ');
  return std::find(names.begin(), names.end(), system_call_name(number)) != names.end();
}

std::string system_call_name(int number) {
  char* name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
  const std::string text = name != nullptr ? name : fmt::format("number {}", number);
  free(name);
  return text;
}

}  // namespace ke
