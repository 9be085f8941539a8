// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/launcher.h"

#include "ke-build/evaluate/bubblewrap.h"
#include "ke-build/evaluate/sandbox_filter.h"
#include "ke-build/evaluate/sandbox_landlock.h"
#include "ke-build/evaluate/sandbox_layers.h"
#include "ke-build/evaluate/sandbox_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

/// Closes itself.
class File {
 public:
  explicit File(int file = -1) : file_(file) {}
  File(File&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  File& operator=(File&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~File() { reset(); }
  int get() const { return file_; }
  void reset() {
    if (file_ >= 0) close(file_);
    file_ = -1;
  }

 private:
  int file_;
};

Error system_error(ErrorCode code, const std::string& what) {
  return {code, fmt::format("{}: {}", what, std::strerror(errno))};
}

/// A sealed copy in memory, for programs whose file mode shuts other users out.
Result<File> copy_program(const File& source, uint64_t size, const std::string& path) {
  File copy(memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (copy.get() < 0) return system_error(ErrorCode::io, "memfd_create");
  off_t offset = 0;
  while (uint64_t(offset) < size) {
    if (sendfile(copy.get(), source.get(), &offset, size - uint64_t(offset)) <= 0) {
      return system_error(ErrorCode::io, "copying " + path);
    }
  }
  fchmod(copy.get(), 0555);
  fcntl(copy.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return copy;
}

struct OpenedProgram {
  File file;
  bool script = false;
};

/// The program is opened by the judge, which may pass folders that the dropped user may not.
Result<OpenedProgram> open_program(const std::string& path, bool other_user) {
  OpenedProgram program;
  program.file = File(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (program.file.get() < 0 || fstat(program.file.get(), &status) != 0)
    return system_error(ErrorCode::not_found, path);
  if (!S_ISREG(status.st_mode) || (status.st_mode & 0111) == 0) {
    return Error{ErrorCode::not_found, fmt::format("{} is not an executable file", path)};
  }
  char magic[2] = {};
  program.script = pread(program.file.get(), magic, 2, 0) == 2 && magic[0] == '#' && magic[1] == '!';
  if (!program.script && other_user && (status.st_mode & 0005) != 0005) {
    KE_TRY(program.file, copy_program(program.file, uint64_t(status.st_size), path));
  }
  return program;
}

bool identity_is_mapped(uid_t uid) {
  std::ifstream map("/proc/self/uid_map");
  uint64_t inside = 0, outside = 0, count = 0;
  while (map >> inside >> outside >> count) {
    if (uid >= inside && uid - inside < count) return true;
  }
  return false;
}

/// RLIMIT_NPROC counts every task of the user, so a shared user id needs room for what runs already.
uint64_t process_limit(const SandboxLimits& limits, uid_t uid, int namespaces) {
  constexpr uid_t kFirstPrivate = 2'000'000'000;
  const bool counted_alone = uid >= kFirstPrivate || (namespaces & CLONE_NEWUSER) != 0;
  const uint64_t slack = counted_alone ? 0 : uint64_t(tasks_of_user(uid != 0 ? uid : getuid())) + 256;
  return uint64_t(limits.processes) + slack;
}

std::vector<ChildLimit> make_limits(const LaunchPlan& plan, const SandboxPolicy& policy, int namespaces) {
  // As many as everybody has, but so that the one that execveat() is allowed for cannot be made again.
  const uint64_t files = policy.role == SandboxRole::compiler ? 512 : uint64_t{kExecDescriptor};
  std::vector<ChildLimit> limits = {{RLIMIT_CORE, {0, 0}},
                                    {RLIMIT_NOFILE, {files, files}},
                                    {RLIMIT_NPROC, {}},
                                    {RLIMIT_MEMLOCK, {8u << 20, 8u << 20}},
                                    {RLIMIT_MSGQUEUE, {0, 0}},
                                    {RLIMIT_RTPRIO, {0, 0}},
                                    {RLIMIT_FSIZE, {plan.file_bytes, plan.file_bytes}}};
  limits[2].value.rlim_cur = limits[2].value.rlim_max = process_limit(policy.limits, plan.uid, namespaces);
  // The soft limit asks, the hard one kills: the first process of a pid namespace does not hear SIGXCPU.
  if (plan.cpu_s > 0)
    limits.push_back({RLIMIT_CPU, {uint64_t(std::ceil(plan.cpu_s)), uint64_t(std::ceil(plan.cpu_s)) + 1}});
  for (ChildLimit& limit : limits) {
    rlimit64 now{};
    if (syscall(SYS_prlimit64, 0, limit.resource, nullptr, &now) != 0) continue;
    limit.value.rlim_max = std::min(limit.value.rlim_max, now.rlim_max);
    limit.value.rlim_cur = std::min(limit.value.rlim_cur, limit.value.rlim_max);
  }
  return limits;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// What the child will need, kept alive by the judge until exec.
struct Prepared {
  OpenedProgram program;
  File ruleset;
  std::vector<sock_filter> filter;
  std::vector<ChildLimit> limits;
  std::vector<char*> argv, environment;
  std::vector<ChildDescriptor> descriptors;
  cpu_set_t cpus;
  int namespaces = 0;
};

Result<> prepare(const LaunchPlan& plan, const SandboxPolicy& policy, Prepared& prepared) {
  KE_TRY(prepared.program, open_program(plan.program, plan.uid != 0));
  prepared.namespaces = usable_namespaces(policy.role);
  if (landlock_abi() > 0) {
    KE_TRY(const int ruleset, make_ruleset(policy, prepared.program.file.get()));
    prepared.ruleset = File(ruleset);
  }
  KE_TRY(prepared.filter, make_filter(policy, (prepared.namespaces & CLONE_NEWPID) != 0));
  prepared.limits = make_limits(plan, policy, prepared.namespaces);
  prepared.argv = pointers(plan.argv);
  prepared.environment = pointers(plan.environment);
  prepared.descriptors = plan.descriptors;
  CPU_ZERO(&prepared.cpus);
  for (const int cpu : plan.cpus) CPU_SET(size_t(cpu), &prepared.cpus);
  return ok();
}

ChildPlan child_plan(const LaunchPlan& plan, Prepared& prepared, int report) {
  ChildPlan child;
  child.program = prepared.program.script ? plan.program.c_str() : nullptr;
  child.program_file = prepared.program.file.get();
  child.argv = prepared.argv.data();
  child.environment = prepared.environment.data();
  child.directory = plan.directory.empty() ? "/" : plan.directory.c_str();
  child.descriptors = prepared.descriptors.data();
  child.descriptor_count = prepared.descriptors.size();
  child.limits = prepared.limits.data();
  child.limit_count = prepared.limits.size();
  child.cpus = plan.cpus.empty() ? nullptr : &prepared.cpus;
  child.map_identity = (prepared.namespaces & CLONE_NEWUSER) != 0;
  child.drop_identity = plan.uid != 0;
  child.uid = plan.uid != 0 ? plan.uid : geteuid();
  child.gid = plan.uid != 0 ? gid_t(plan.uid) : getegid();
  child.keep_read =
      plan.uid != 0 && prepared.ruleset.get() >= 0;  // only where Landlock says what may be read
  child.ruleset = prepared.ruleset.get();
  child.filter = prepared.filter.data();
  child.filter_length = static_cast<unsigned short>(prepared.filter.size());
  child.report = report;
  return child;
}

/// Waits until exec has closed the pipe or the child has said what failed.
Result<pid_t> await_exec(pid_t pid, const File& report, const LaunchPlan& plan) {
  ChildReport failure{};
  ssize_t length;
  while ((length = read(report.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (length != sizeof failure) return pid;
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  const bool program = failure.step == ChildStep::program || failure.step == ChildStep::directory;
  return Error{program ? ErrorCode::io : ErrorCode::refused,
               fmt::format("cannot start {} in the sandbox: {}: {}", plan.program, name_of(failure.step),
                           std::strerror(failure.code))};
}

/// The child borrows the judge's memory until exec, as posix_spawn() does: copying the page tables of a judge
/// that holds pools of inputs would take longer than all the rest.
pid_t start_child(const ChildPlan& child, int namespaces) {
  constexpr size_t kStackBytes = 256 << 10;
  const std::unique_ptr<std::byte[]> stack(new std::byte[kStackBytes]);
  const auto enter = [](void* plan) -> int { run_child(*static_cast<const ChildPlan*>(plan)); };
  void* const top = stack.get() + (kStackBytes & ~size_t{15});
  // No handler of the judge may run in its memory under the child's name.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int pid =
      clone(enter, top, namespaces | CLONE_VM | CLONE_VFORK | SIGCHLD, const_cast<ChildPlan*>(&child));
  const int why = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = why;
  return pid;
}

// Descriptors of ke-confine; the programs that it becomes have the standard streams only.
constexpr int kRulesetDescriptor = 3, kFilterDescriptor = 4;

Result<File> file_of(const std::vector<sock_filter>& filter) {
  File file(memfd_create("filter", MFD_CLOEXEC));
  const size_t bytes = filter.size() * sizeof(sock_filter);
  if (file.get() < 0 || write(file.get(), filter.data(), bytes) != ssize_t(bytes))
    return system_error(ErrorCode::io, "the system call filter");
  return file;
}

/// bubblewrap instead of the program: it makes the namespaces and mounts, ke-confine does the rest.
Result<LaunchPlan> wrapped_plan(const LaunchPlan& plan, const SandboxPolicy& policy, const Prepared& inner,
                                const File& filter) {
  ConfineOrder order;
  order.uid = plan.uid;
  order.keep_read = plan.uid != 0 && inner.ruleset.get() >= 0;
  LaunchPlan outer = plan;
  if (inner.ruleset.get() >= 0) {
    order.ruleset = kRulesetDescriptor;
    outer.descriptors.push_back({inner.ruleset.get(), kRulesetDescriptor});
  }
  order.filter = kFilterDescriptor;
  outer.descriptors.push_back({filter.get(), kFilterDescriptor});
  outer.argv = bubblewrap_line(bubblewrap(), policy, plan.directory, order, plan.program, plan.argv);
  outer.program = bubblewrap().program;
  outer.uid = 0;
  return outer;
}

/// The program, its process limits and arguments of `plan`, without the layers that ke-confine adds.
Result<> prepare_outer(const LaunchPlan& plan, const SandboxPolicy& policy, uid_t uid, Prepared& prepared) {
  KE_TRY(prepared.program, open_program(plan.program, false));
  prepared.limits = make_limits(plan, policy, CLONE_NEWUSER);
  prepared.limits[2].value.rlim_cur = prepared.limits[2].value.rlim_max =
      process_limit(policy.limits, uid, 0) + 2;  // bubblewrap's own
  prepared.argv = pointers(plan.argv);
  prepared.environment = pointers(plan.environment);
  prepared.descriptors = plan.descriptors;
  return ok();
}

Result<pid_t> start_and_await(const LaunchPlan& plan, Prepared& prepared) {
  int pipe[2];
  if (pipe2(pipe, O_CLOEXEC) != 0) return system_error(ErrorCode::io, "pipe2");
  const File report(pipe[0]);
  File write_end(pipe[1]);
  const ChildPlan child = child_plan(plan, prepared, write_end.get());
  const pid_t pid = start_child(child, prepared.namespaces);
  if (pid < 0) return system_error(ErrorCode::io, "clone");
  write_end.reset();
  return await_exec(pid, report, plan);
}

}  // namespace

uid_t sandbox_user() {
  if (geteuid() != 0) return 0;
  static std::atomic<uint32_t> counter{0};
  const uid_t candidate = 2'000'000'000u + (uint32_t(getpid()) % (1u << 20)) * 64 + counter++ % 64;
  if (identity_is_mapped(candidate)) return candidate;
  constexpr uid_t kNobody = 65534;
  return identity_is_mapped(kNobody) ? kNobody : 0;
}

std::vector<std::string> scrubbed_environment(const SandboxPolicy& policy,
                                              const std::map<std::string, std::string>& extra) {
  std::map<std::string, std::string> variables = {
      {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", "/"}, {"LC_ALL", "C"}};
  if (!policy.writable.empty()) variables["TMPDIR"] = policy.writable.front();
  for (const std::string& name : policy.environment) {
    if (const char* value = std::getenv(name.c_str())) variables[name] = value;
  }
  for (const auto& [name, value] : extra) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

Result<pid_t> launch(const LaunchPlan& plan, const SandboxPolicy& policy) {
  KE_DO(require_layers(policy));
  Prepared prepared;
  KE_DO(prepare(plan, policy, prepared));
  if (!plan.bubblewrapped || prepared.program.script || !bubblewrap().usable())
    return start_and_await(plan, prepared);
  KE_TRY(const File filter, file_of(prepared.filter));
  KE_TRY(const LaunchPlan outer, wrapped_plan(plan, policy, prepared, filter));
  Prepared around;
  KE_DO(prepare_outer(outer, policy, plan.uid, around));
  return start_and_await(outer, around);
}

}  // namespace ke
