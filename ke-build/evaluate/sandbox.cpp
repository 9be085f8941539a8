// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox.h"

#include "ke-build/base/clock.h"
#include "ke-build/evaluate/bubblewrap.h"
#include "ke-build/evaluate/launcher.h"
#include "ke-build/evaluate/sandbox_owner.h"
#include "ke-build/evaluate/sandbox_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

constexpr double kWatchPeriod_s = 0.03, kDiskPeriod_s = 0.25;

/// A pipe whose read end never blocks the judge.
struct OutputPipe {
  int read_fd = -1, write_fd = -1;
  bool open() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return false;
    read_fd = fds[0];
    write_fd = fds[1];
    return fcntl(read_fd, F_SETFL, O_NONBLOCK) == 0;
  }
  static void close_fd(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  ~OutputPipe() {
    close_fd(read_fd);
    close_fd(write_fd);
  }
  /// Reads once; bytes beyond the limit are dropped, so that a flood cannot fill the judge.
  void drain(std::string& sink, uint64_t limit, bool& truncated) {
    char chunk[1 << 16];
    const ssize_t count = ::read(read_fd, chunk, sizeof chunk);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) close_fd(read_fd);
    if (count <= 0) return;
    const uint64_t room = limit - std::min<uint64_t>(limit, sink.size());
    sink.append(chunk, size_t(std::min<uint64_t>(room, uint64_t(count))));
    truncated |= room < uint64_t(count);
  }
};

/// Standard input as a file in memory: nothing to pump.
Result<int> input_file(const std::string& text) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0 || write(file, text.data(), text.size()) != ssize_t(text.size()) ||
      lseek(file, 0, SEEK_SET) != 0) {
    if (file >= 0) close(file);
    return Error{ErrorCode::io,
                 fmt::format("standard input of a sandboxed program: {}", std::strerror(errno))};
  }
  return file;
}

Result<std::string> resolve(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::optional<std::string> found = find_program(name);
  if (!found) return Error{ErrorCode::not_found, fmt::format("{} is not in PATH", name)};
  return *found;
}

/// Watches one program until it has ended and its group is gone.
class Supervisor {
 public:
  Supervisor(const Command& command, const SandboxPolicy& policy)
      : policy_(policy), deadline_(shorter(command, policy)) {}

  Result<SandboxExit> run(const Command& command) {
    KE_TRY(const std::string program, resolve(command.argv.at(0)));
    const uid_t uid = sandbox_user();
    KE_TRY(const std::vector<FolderOwner> owners, lend_folders(policy_.writable, uid));
    Result<SandboxExit> exit = run_as(command, program, uid);
    KE_DO(take_folders_back(policy_.writable, uid, owners));
    return exit;
  }

 private:
  static double shorter(const Command& command, const SandboxPolicy& policy) {
    return std::min(command.timeout_s, policy.limits.wall_s);
  }

  Result<SandboxExit> run_as(const Command& command, const std::string& program, uid_t uid) {
    KE_TRY(int input, input_file(command.input));
    Result<pid_t> pid = start(command, program, uid, input);
    close(input);
    if (!pid) return std::move(pid).error();
    OutputPipe::close_fd(out_.write_fd);
    OutputPipe::close_fd(err_.write_fd);
    started_s_ = now_s();
    watch(*pid);
    finish(*pid);
    exit_.seconds = now_s() - started_s_;
    return exit_;
  }

  Result<pid_t> start(const Command& command, const std::string& program, uid_t uid, int input) {
    if (!out_.open() || !err_.open())
      return Error{ErrorCode::io, fmt::format("pipe2: {}", std::strerror(errno))};
    LaunchPlan plan;
    plan.program = program;
    plan.argv = command.argv;
    plan.environment = scrubbed_environment(policy_, command.environment);
    plan.directory = command.directory;
    plan.descriptors = {{input, 0}, {out_.write_fd, 1}, {err_.write_fd, 2}};
    plan.uid = uid;
    plan.bubblewrapped = wrapped_;
    plan.cpu_s = policy_.limits.cpu_s;
    plan.file_bytes = policy_.limits.file_bytes;
    return launch(plan, policy_);
  }

  void watch(pid_t pid) {
    const int handle = int(syscall(SYS_pidfd_open, pid, 0));
    double next_watch_s = 0, next_disk_s = now_s() + kDiskPeriod_s;
    while (!has_ended(pid)) {
      pollfd fds[3] = {{out_.read_fd, POLLIN, 0}, {err_.read_fd, POLLIN, 0}, {handle, POLLIN, 0}};
      poll(fds, 3, handle < 0 ? 5 : int(kWatchPeriod_s * 1000));
      drain();
      const double now = now_s();
      if (now < next_watch_s) continue;
      const bool disk = now >= next_disk_s;
      if (over_limit(pid, disk)) break;
      next_watch_s = now + kWatchPeriod_s;
      if (disk) next_disk_s = now_s() + kDiskPeriod_s;
    }
    if (handle >= 0) close(handle);
  }

  static bool has_ended(pid_t pid) {
    siginfo_t info{};
    return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
  }

  void drain() {
    if (out_.read_fd >= 0) out_.drain(exit_.out, policy_.limits.output_bytes, exit_.truncated);
    if (err_.read_fd >= 0) err_.drain(exit_.err, policy_.limits.output_bytes, exit_.truncated);
  }

  bool over_limit(pid_t group, bool disk) {
    const SandboxLimits& limits = policy_.limits;
    const TreeUsage usage = usage_of_group(group, disk);
    using Limit = SandboxExit::Limit;
    if (usage.resident_bytes > limits.memory_bytes) {
      return exceed(Limit::memory, fmt::format("used {} MiB of memory; the limit is {} MiB",
                                               usage.resident_bytes >> 20, limits.memory_bytes >> 20));
    }
    if (usage.threads > limits.processes) {
      return exceed(Limit::processes, fmt::format("ran {} processes and threads; the limit is {}",
                                                  usage.threads, limits.processes));
    }
    if (disk && usage.hidden_file_bytes + disk_usage(policy_.writable) > limits.file_bytes + initial_disk_) {
      return exceed(Limit::files, fmt::format("wrote more than {} MiB", limits.file_bytes >> 20));
    }
    if (deadline_.passed()) {
      exit_.timed_out = true;
      return exceed(Limit::wall, fmt::format("did not end in {:.3g} s", policy_.limits.wall_s));
    }
    return false;
  }

  bool exceed(SandboxExit::Limit limit, const std::string& reason) {
    exit_.exceeded = limit;
    exit_.reason = reason;
    return true;
  }

  void finish(pid_t pid) {
    kill_group(pid);
    rusage used{};
    int status = 0;
    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {
    }
    // Everybody is dead, so both pipes end.
    for (int rounds = 0; rounds < 64 && (out_.read_fd >= 0 || err_.read_fd >= 0); ++rounds) drain();
    exit_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    // bubblewrap says like a shell how its program ended.
    if (wrapped_ && exit_.signal == 0 && WEXITSTATUS(status) > 128) exit_.signal = WEXITSTATUS(status) - 128;
    exit_.code = exit_.signal != 0 ? 128 + exit_.signal : WEXITSTATUS(status);
    // bubblewrap does not reap its program, so its processor time is known by the signal of its limit only.
    const bool at_limit = exit_.signal == SIGXCPU || exit_.signal == SIGKILL;
    const double cpu_s =
        wrapped_ && at_limit ? now_s() - started_s_ : double(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
    if (exit_.exceeded == SandboxExit::Limit::none && exit_.signal != 0 && cpu_s >= policy_.limits.cpu_s) {
      exceed(SandboxExit::Limit::cpu, fmt::format("used {:.0f} s of processor time", cpu_s));
    }
    if (!exit_.reason.empty()) return;
    if (exit_.signal != 0) exit_.reason = fmt::format("was ended by {}", signal_name(exit_.signal));
    if (exit_.signal == 0 && exit_.code != 0) exit_.reason = fmt::format("exited with status {}", exit_.code);
  }

  const SandboxPolicy& policy_;
  Deadline deadline_;
  OutputPipe out_, err_;
  SandboxExit exit_;
  const bool wrapped_ = policy_.role == SandboxRole::compiler && bubblewrap().usable();
  double started_s_ = 0;
  uint64_t initial_disk_ = disk_usage(policy_.writable);
};

}  // namespace

Result<SandboxExit> run_sandboxed(const Command& command, const SandboxPolicy& policy) {
  KE_DO(require_layers(policy));
  return Supervisor(command, policy).run(command);
}

}  // namespace ke
