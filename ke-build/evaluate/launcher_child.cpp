// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/launcher_child.h"

#include "ke-build/evaluate/sandbox_filter.h"
#include "ke-build/evaluate/sandbox_landlock.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ke {
namespace {

// Descriptors are parked here while they find their places; all lie above those that the program gets.
constexpr int kParking = 900;

[[noreturn]] void fail(const ChildPlan& plan, ChildStep step) {
  const ChildReport report{step, errno};
  if (plan.report >= 0) {
    [[maybe_unused]] const ssize_t sent = write(plan.report, &report, sizeof report);
  } else {
    const char* const name = name_of(step);
    size_t length = 0;
    while (name[length] != 0) ++length;
    [[maybe_unused]] ssize_t sent = write(2, "sandbox: failed at ", 19);
    sent = write(2, name, length);
    sent = write(2, "\n", 1);
  }
  syscall(SYS_exit_group, 127);
  __builtin_unreachable();
}

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < 32; ++signal) sigaction(signal, &action, nullptr);
  // A full stderr is an error for write, not the death of the program.
  action.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool write_text(const char* path, const char* text, size_t length) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = write(file, text, length) == ssize_t(length);
  close(file);
  return done;
}

/// `1000 1000 1`
bool map_to_itself(const char* path, unsigned id) {
  char digits[12], line[32];
  size_t count = 0, length = 0;
  do digits[count++] = char('0' + id % 10);
  while ((id /= 10) != 0);
  for (int copy = 0; copy < 2; ++copy) {
    for (size_t i = count; i > 0; --i) line[length++] = digits[i - 1];
    line[length++] = ' ';
  }
  line[length++] = '1';
  return write_text(path, line, length);
}

bool map_identity(const ChildPlan& plan) {
  return write_text("/proc/self/setgroups", "deny", 4) && map_to_itself("/proc/self/uid_map", plan.uid) &&
         map_to_itself("/proc/self/gid_map", plan.gid);
}

bool park(int& file) {
  if (file < 0) return true;
  file = fcntl(file, F_DUPFD_CLOEXEC, kParking);
  return file >= 0;
}

bool place_descriptors(ChildPlan& plan) {
  rlimit64 limit{};
  if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) != 0) return false;
  limit.rlim_cur = limit.rlim_max;
  syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, nullptr);
  if (!park(plan.report) || !park(plan.ruleset) || !park(plan.program_file)) return false;
  for (size_t i = 0; i < plan.descriptor_count; ++i) {
    if (!park(plan.descriptors[i].from)) return false;
  }
  int last = -1;
  for (size_t i = 0; i < plan.descriptor_count; ++i) {
    if (dup2(plan.descriptors[i].from, plan.descriptors[i].to) < 0) return false;  // clears close-on-exec
    if (plan.descriptors[i].to > last) last = plan.descriptors[i].to;
  }
  if (plan.program_file >= 0 && dup3(plan.program_file, kExecDescriptor, O_CLOEXEC) < 0) return false;
  constexpr unsigned kMark = 1u << 2;  // CLOSE_RANGE_CLOEXEC: the parked ones are still needed
  return syscall(SYS_close_range, unsigned(last + 1), unsigned(kParking - 1), 0) == 0 &&
         syscall(SYS_close_range, unsigned(kParking), unsigned(kExecDescriptor), kMark) == 0 &&
         syscall(SYS_close_range, unsigned(kExecDescriptor + 1), ~0u, 0) == 0;
}

bool drop_identity(const ChildPlan& plan) {
  if (prctl(PR_SET_KEEPCAPS, plan.keep_read ? 1 : 0, 0, 0, 0) != 0) return false;
  for (int capability = 0; capability <= 63; ++capability) {
    if (capability != CAP_DAC_READ_SEARCH) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  // The raw calls: libc's wrappers would ask threads that this copy of the process does not have.
  if (syscall(SYS_setgroups, 0, nullptr) != 0) return false;
  if (syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid) != 0) return false;
  if (syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid) != 0) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const uint32_t kept = plan.keep_read ? 1u << CAP_DAC_READ_SEARCH : 0;
  __user_cap_data_struct data[2] = {{kept, kept, kept}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, data) != 0) return false;
  return !plan.keep_read || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) == 0;
}

bool load_filter(const ChildPlan& plan) {
  patch_filter(plan.filter, plan.filter_length, uint32_t(getpid()));
  sock_fprog program{plan.filter_length, plan.filter};
  // Without this flag older kernels switch speculative store bypass off, which slows honest kernels down.
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0;
}

void set_limits(const ChildPlan& plan) {
  for (size_t i = 0; i < plan.limit_count; ++i) {
    if (syscall(SYS_prlimit64, 0, plan.limits[i].resource, &plan.limits[i].value, nullptr) != 0) {
      fail(plan, ChildStep::limits);
    }
  }
}

}  // namespace

const char* name_of(ChildStep step) {
  constexpr const char* kNames[] = {"setsid",   "user namespace",    "descriptors", "rlimits",
                                    "chdir",    "sched_setaffinity", "setresuid",   "no_new_privs",
                                    "landlock", "seccomp",           "exec"};
  return kNames[static_cast<size_t>(step)];
}

void run_child(ChildPlan plan) {
  if (setsid() < 0) fail(plan, ChildStep::session);
  reset_signals();
  if (plan.map_identity && !map_identity(plan)) fail(plan, ChildStep::identity_map);
  if (!place_descriptors(plan)) fail(plan, ChildStep::descriptors);
  if (plan.directory != nullptr && chdir(plan.directory) != 0) fail(plan, ChildStep::directory);
  if (plan.cpus != nullptr && syscall(SYS_sched_setaffinity, 0, sizeof(cpu_set_t), plan.cpus) < 0) {
    fail(plan, ChildStep::pinning);
  }
  confine(plan);
}

void confine(const ChildPlan& plan) {
  if (plan.drop_identity && !drop_identity(plan)) fail(plan, ChildStep::identity);
  set_limits(plan);  // after the identity: RLIMIT_NPROC does not bind root
  // The death signal is forgotten when the identity changes, so it comes here.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    fail(plan, ChildStep::privileges);
  }
  if (plan.ruleset >= 0 && !bind_ruleset(plan.ruleset)) fail(plan, ChildStep::files);
  if (plan.filter != nullptr && !load_filter(plan)) fail(plan, ChildStep::filter);
  if (plan.program != nullptr) {
    execve(plan.program, plan.argv, plan.environment);
  } else {
    syscall(SYS_execveat, kExecDescriptor, "", plan.argv, plan.environment, AT_EMPTY_PATH);
  }
  fail(plan, ChildStep::program);
}

}  // namespace ke
